using BenchmarkDotNet.Running;
using EdgeAI.Benchmarks.Runtime.Loading;
using EdgeAI.Benchmarks.Runtime.Running;

return args switch
{
    ["run", .. var rest] => BenchmarkSwitcher.FromTypes([typeof(RunBenchmarks)]).Run(["--filter", "*", .. rest]).Any() ? 0 : 1,
    [LoadProbe.Command, var side, var model, var directory] => await LoadProbe.RunAsync(side, model, directory),
    _ => await LoadComparison.RunAsync(args),
};
