using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace EdgeAI.Providers.Onnx;

/// <summary>Work that gives way to requests: on a thread of its own, of the lowest priority.</summary>
internal static partial class LowPriorityThread
{
    private const int Process = 0;
    private const int ThisThread = 0;
    private const int Nicest = 19;

    /// <summary>Does the work, and waits for its end.</summary>
    public static void Run(Action work)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            Lower();
            try
            {
                work();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        })
        {
            IsBackground = true,
            Priority = ThreadPriority.Lowest,
        };
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    // .NET's priorities mean nothing on Linux, where a thread has a niceness of its own; elsewhere they are enough. A thread may not raise itself again, so it must end here.
    private static void Lower()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SetPriority(Process, ThisThread, Nicest);
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);
}
