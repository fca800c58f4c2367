using System.Diagnostics;
using System.Runtime.InteropServices;
using EdgeAI.DependencyInjection;
using EdgeAI.Isolation;

#pragma warning disable IDE0130, CA1050 // The .NET host looks for this name, outside of any namespace.
#pragma warning disable IDE0051 // The .NET host calls it.

/// <summary>Where a worker begins: .NET calls this before the app's <c>Main</c>, and it does not come back.</summary>
internal static class StartupHook
{
    private static readonly List<PosixSignalRegistration> Signals = [];

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(WorkerProcess.Variable) is null)
        {
            return;
        }

        // What ends the app comes to its workers too, and the app may have runs to end first.
        foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
        {
            Signals.Add(PosixSignalRegistration.Create(signal, context => context.Cancel = true));
        }

        new WorkerServer(WorkerChannel.TakeStandardStreams(), WorkerComposition.CreateProvider).Serve();

        // Work may be going on in native code, which an orderly exit would wait for or trip over.
        using var self = Process.GetCurrentProcess();
        self.Kill();
    }
}
