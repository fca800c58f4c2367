using BenchmarkDotNet.Running;
using EdgeAI.Benchmarks.Runtime;
using EdgeAI.Benchmarks.Runtime.Loading;
using EdgeAI.Benchmarks.Runtime.Running;
using EdgeAI.Benchmarks.Runtime.Swapping;

// BenchmarkDotNet runs its own build in a folder of its own, from where a relative path leads nowhere.
Environment.SetEnvironmentVariable(RunBenchmarks.ModelsVariable, Path.GetFullPath(Environment.GetEnvironmentVariable(RunBenchmarks.ModelsVariable) ?? Path.Combine("data", "models")));

return args switch
{
    ["run", .. var rest] => BenchmarkSwitcher.FromTypes([typeof(RunBenchmarks)]).Run(["--filter", "*", .. rest]).Any() ? 0 : 1,
    ["swap", .. var rest] => await SwapComparison.RunAsync(BenchmarkOptions.Parse(rest)),
    [LoadProbe.Command, var side, var model, var directory] => await LoadProbe.RunAsync(side, model, directory),
    _ => await LoadComparison.RunAsync(args),
};
