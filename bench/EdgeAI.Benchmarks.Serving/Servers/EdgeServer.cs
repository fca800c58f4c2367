using EdgeAI.Benchmarks.Serving.Models;
using EdgeAI.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeAI.Benchmarks.Serving.Servers;

/// <summary>A process that serves the models with EdgeAI.</summary>
internal static class EdgeServer
{
    public const string Command = "serve-edgeai";
    public const string Batched = BenchmarkModels.ClassifierName + "-batched";

    public static async Task<int> RunAsync(string models, string data)
    {
        var builder = ServerLifetime.CreateBuilder();
        builder.Services.AddEdgeAI(options =>
            {
                options.DataDirectory = data;
                options.Models.Add(new ModelOptions { Name = Batched, Path = Path.Combine(models, BenchmarkModels.ClassifierFile), Batching = new BatchingOptions { MaxBatchSize = 64 } });
            })
            .AddModel(BenchmarkModels.SileroName, Path.Combine(models, BenchmarkModels.SileroFile))
            .AddModel(BenchmarkModels.DetectionName, Path.Combine(models, BenchmarkModels.DetectionFile))
            .AddModel(BenchmarkModels.ClassifierName, Path.Combine(models, BenchmarkModels.ClassifierFile))
            .AddServing();
        var app = builder.Build();
        app.MapEdgeAI();
        return await ServerLifetime.RunAsync(app);
    }
}
