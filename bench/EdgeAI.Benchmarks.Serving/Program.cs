using EdgeAI.Benchmarks.Serving;
using EdgeAI.Benchmarks.Serving.Load;
using EdgeAI.Benchmarks.Serving.Servers;

try
{
    return args switch
    {
        [EdgeServer.Command, var models, var data] => await EdgeServer.RunAsync(models, data),
        [BareServer.Command, var models] => await BareServer.RunAsync(models),
        [LoadClient.Command, .. var rest] => await LoadClient.RunAsync(rest),
        _ => await ServingComparison.RunAsync(BenchmarkOptions.Parse(args)),
    };
}
catch (ArgumentException exception)
{
    Console.Error.WriteLine(exception.Message);
    Console.Error.WriteLine(BenchmarkOptions.Usage);
    return 2;
}
