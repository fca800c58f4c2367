using System.Runtime.InteropServices;
using BenchmarkDotNet.Running;
using EdgeAI.Benchmarks.Runtime;
using EdgeAI.Benchmarks.Runtime.Loading;
using EdgeAI.Benchmarks.Runtime.Probes;
using EdgeAI.Benchmarks.Runtime.Processes;
using EdgeAI.Benchmarks.Runtime.Running;

// BenchmarkDotNet runs its own build in a folder of its own, from where a relative path leads nowhere.
Environment.SetEnvironmentVariable(RunBenchmarks.ModelsVariable, Path.GetFullPath(Environment.GetEnvironmentVariable(RunBenchmarks.ModelsVariable) ?? Path.Combine("data", "models")));

// .NET ends at these signals without a word to anyone: what was started must go first.
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => Command.KillRunning());
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => Command.KillRunning());
try
{
    return args switch
    {
        ["ocr", .. var rest] => await LoadComparison.RunAsync(rest),
        ["run", .. var rest] => BenchmarkSwitcher.FromTypes([typeof(RunBenchmarks)]).Run(["--filter", "*", .. rest]).Any() ? 0 : 1,
        [LoadProbe.Command, var side, var model, var directory] => await LoadProbe.RunAsync(side, model, directory),
        [ModelProbe.Argument, var mode, var file, var data] => await ModelProbe.RunAsync(mode, file, data),
        [LargerThanMemoryProbe.Argument, var file, var data] => await LargerThanMemoryProbe.RunAsync(file, data),
        [TinyRunProbe.Argument, var model] => await TinyRunProbe.RunAsync(model),
        [TelemetryProbe.Argument, var model] => await TelemetryProbe.RunAsync(model),
        _ => await RuntimeComparison.RunAsync(BenchmarkOptions.Parse(args)),
    };
}
catch (ArgumentException exception)
{
    Console.Error.WriteLine(exception.Message);
    Console.Error.WriteLine(BenchmarkOptions.Usage);
    return 2;
}
