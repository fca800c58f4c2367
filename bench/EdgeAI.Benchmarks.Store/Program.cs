using EdgeAI.Benchmarks.Store;
using EdgeAI.Benchmarks.Store.Probes;

if (args is [StoreProbe.Argument, .. var operation])
{
    return await StoreProbe.RunAsync(operation);
}

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
