using System.Diagnostics;
using EdgeAI.Models;
using EdgeAI.Storage;

namespace EdgeAI.Testing.StoreProcess;

/// <summary>Sends models to a cluster and brings them back, and says so after each step: for a test that ends it anywhere.</summary>
internal sealed class Exchange(IModelStore store, AheadTime time)
{
    /// <summary>Pulls a model.</summary>
    public async Task PullAsync(ModelReference model, int stop)
    {
        Console.WriteLine("ready");
        Console.ReadLine();
        var result = await store.PullAsync(model, progress: new Reporter(stop));
        Console.WriteLine($"done {result.BytesMoved} {result.BytesResumed} {result.WasPresent}");
        Console.WriteLine($"peak {Process.GetCurrentProcess().PeakWorkingSet64}");
    }

    /// <summary>Imports under names of this process, which go to the cluster behind it, takes names away, and brings back what the cluster has.</summary>
    public async Task RunAsync(string models, int seed)
    {
        string[] names = [.. Directory.EnumerateDirectories(models).Select(folder => Path.GetFileName(folder)).Order()];
        var random = new Random(seed);
        while (true)
        {
            var name = names[random.Next(names.Length)];
            switch (random.Next(10))
            {
                case 8 or 9:
                    time.Offset += TimeSpan.FromMinutes(20);
                    await store.CollectClusterGarbageAsync(null, new ClusterCollectionOptions { Retention = TimeSpan.Zero });
                    break;
                case 0:
                    await store.RemoveAsync(name + ":1");
                    break;
                case 1:
                    await store.CollectGarbageAsync();
                    break;
                case 2 or 3:
                    await PullIfThereAsync(name + ":1");
                    break;
                case 4:
                    await store.FlushAsync();
                    break;
                default:
                    var result = await store.ImportAsync(name + ":1", ModelSource.FromFile(Path.Combine(models, name, "model.onnx")));
                    Console.WriteLine($"imported {name} {result.Model.Digest}");
                    break;
            }

            Console.WriteLine("step");
        }
    }

    private async Task PullIfThereAsync(ModelReference model)
    {
        try
        {
            await store.PullAsync(model);
        }
        catch (ModelNotFoundException)
        {
            // It has not been sent yet.
        }
    }

    private sealed class Reporter(int stop) : IProgress<PullProgress>
    {
        private readonly Lock _lock = new();
        private int _reports;

        public void Report(PullProgress value)
        {
            lock (_lock)
            {
                Console.WriteLine($"at {value.BytesDone} {value.BytesTotal}");
                if (++_reports == stop)
                {
                    Console.ReadLine();
                }
            }
        }
    }
}
