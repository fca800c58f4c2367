using System.Runtime.InteropServices;
using EdgeAI.Benchmarks.Store;
using EdgeAI.Benchmarks.Store.Probes;
using EdgeAI.Benchmarks.Store.Processes;

if (args is [StoreProbe.Argument, .. var operation])
{
    return await StoreProbe.RunAsync(operation);
}

// .NET ends at these signals without a word to anyone: what was started and made must go first.
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
try
{
    return await StoreComparison.RunAsync(BenchmarkOptions.Parse(args));
}
catch (ArgumentException exception)
{
    Console.Error.WriteLine(exception.Message);
    Console.Error.WriteLine(BenchmarkOptions.Usage);
    return 2;
}

static void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    Command.KillRunning();
    Environment.Exit(130);
}
