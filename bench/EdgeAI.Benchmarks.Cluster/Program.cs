using EdgeAI.Benchmarks.Cluster;
using EdgeAI.Benchmarks.Cluster.Links;

try
{
    return args switch
    {
        [ByteServer.Command, var address, var rate] => await ByteServer.RunAsync(address, rate),
        _ => await ClusterComparison.RunAsync(BenchmarkOptions.Parse(args)),
    };
}
catch (ArgumentException exception)
{
    Console.Error.WriteLine(exception.Message);
    Console.Error.WriteLine(BenchmarkOptions.Usage);
    return 2;
}
