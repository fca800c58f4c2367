using System.Diagnostics;
using EdgeAI.Isolation;

#pragma warning disable IDE0130, CA1050 // The .NET host looks for this name, outside of any namespace.
#pragma warning disable IDE0051 // The .NET host calls it.

/// <summary>Where a worker begins: .NET calls this before the app's <c>Main</c>, and it does not come back.</summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(WorkerProcess.Variable) is null)
        {
            return;
        }

        // What models print must not come between messages.
        var channel = new WorkerChannel(Console.OpenStandardInput(), Console.OpenStandardOutput());
        Console.SetOut(Console.Error);
        new WorkerServer(channel).Serve();

        // A run may be going on in native code, which an orderly exit would wait for or trip over.
        using var self = Process.GetCurrentProcess();
        self.Kill();
    }
}
