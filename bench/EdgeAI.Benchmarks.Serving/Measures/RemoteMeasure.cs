using System.Diagnostics;
using EdgeAI.Benchmarks.Reporting;
using EdgeAI.Benchmarks.Serving.Models;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Remote.Configuration;
using EdgeAI.Testing.Processes;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeAI.Benchmarks.Serving.Measures;

/// <summary>
/// <c>remote_over_local</c>: how long a run on another EdgeAI host takes over one here, loopback between them, and what the way costs; <c>remote_killed_recovery_s</c>: how long the throughput of a cluster of three is below nine
/// tenths of what it was, after one of them was killed under load.
/// </summary>
internal static class RemoteMeasure
{
    public const string OverLocal = "remote_over_local";
    public const string Recovery = "remote_killed_recovery_s";

    private const string Local = "a run here";
    private const int Nodes = 3;
    private const int Clients = 8;
    private const int Runs = 200;
    private const double Back = 0.9;

    private static readonly TimeSpan Before = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(250);

    public static async Task RunAsync(BenchmarkOptions options, Report report)
    {
        if (options.Wants(OverLocal))
        {
            Console.Error.WriteLine(OverLocal);
            await CompareAsync(options, BenchmarkModels.SileroName, BenchmarkModels.SileroFile, SileroInputs, report);
            await CompareAsync(options, BenchmarkModels.DetectionName, BenchmarkModels.DetectionFile, DetectionInputs, report);
        }

        if (options.Wants(Recovery))
        {
            Console.Error.WriteLine(Recovery);
            await KillAsync(options, report);
        }
    }

    private static async Task CompareAsync(BenchmarkOptions options, string name, string file, Func<ModelInputs> inputs, Report report)
    {
        using var node = await Node.StartAsync(name, Path.Combine(options.Models, file));
        foreach (var transport in Enum.GetValues<RemoteTransport>())
        {
            var data = Directory.CreateTempSubdirectory("edgeai-remote-");
            try
            {
                await using var edge = Open(data.FullName, transport, node);
                await edge.Store.ImportAsync(name, ModelSource.FromFile(Path.Combine(options.Models, file)));
                await using var here = await edge.Engine.LoadAsync(name, new ModelLoadOptions { RemotePolicy = RemotePolicy.LocalOnly });
                await using var there = await edge.Engine.LoadAsync(name, new ModelLoadOptions { RemotePolicy = RemotePolicy.RemoteOnly });
                var given = inputs();
                var (local, remote) = (new List<double>(), new List<double>());
                for (var i = -Runs / 10; i < Runs; i++)
                {
                    var one = await TimeAsync(here, given);
                    var other = await TimeAsync(there, given);
                    if (i >= 0)
                    {
                        local.Add(one);
                        remote.Add(other);
                    }
                }

                var measure = $"{OverLocal}_{name}_{transport.ToString().ToLowerInvariant()}";
                report.Add(measure, Statistics.Median(remote) / Statistics.Median(local), Local, "x");
                report.Add(measure + "_cost", Statistics.Median(remote) - Statistics.Median(local), Local, "ms");
            }
            finally
            {
                data.Delete(recursive: true);
            }
        }
    }

    private static async Task KillAsync(BenchmarkOptions options, Report report)
    {
        var nodes = await Task.WhenAll(Enumerable.Range(0, Nodes).Select(_ => Node.StartAsync(BenchmarkModels.SileroName, Path.Combine(options.Models, BenchmarkModels.SileroFile))));
        var data = Directory.CreateTempSubdirectory("edgeai-remote-");
        try
        {
            await using var edge = Open(data.FullName, RemoteTransport.Grpc, nodes);
            await using var lease = await edge.Engine.LoadAsync(BenchmarkModels.SileroName, new ModelLoadOptions { RemotePolicy = RemotePolicy.RemoteOnly });
            using var end = new CancellationTokenSource();
            var started = Stopwatch.GetTimestamp();
            var clients = Enumerable.Range(0, Clients).Select(_ => Task.Run(() => LoopAsync(lease, started, end.Token))).ToArray();
            await Task.Delay(Before);
            var killed = Stopwatch.GetElapsedTime(started);
            nodes[0].Kill();
            await Task.Delay(After);
            await end.CancelAsync();
            var results = await Task.WhenAll(clients);
            var ends = results.SelectMany(result => result.Ends).Order().ToArray();
            var usual = ends.Count(at => at < killed && at >= killed - (Before / 2)) / (Before / 2).TotalSeconds;
            report.Add(Recovery, RecoveredAfter(ends, killed, usual * Back), "before the kill", "s");
            report.Add("remote_killed_slowest", results.Max(result => result.Slowest).TotalMilliseconds, "of all runs", "ms");
            report.Add("remote_killed_failed", results.Sum(result => result.Failed), "before the kill", string.Empty);
            report.Add("remote_killed_per_s", usual, "before the kill", "/s");
        }
        finally
        {
            data.Delete(recursive: true);
            Array.ForEach(nodes, node => node.Dispose());
        }
    }

    // The end of the last window after the kill in which there was too little.
    private static double RecoveredAfter(TimeSpan[] ends, TimeSpan killed, double enough)
    {
        var recovered = TimeSpan.Zero;
        for (var from = TimeSpan.Zero; from + Window < After; from += Window / 5)
        {
            var count = ends.Count(at => at >= killed + from && at < killed + from + Window);
            if (count / Window.TotalSeconds >= enough)
            {
                return recovered.TotalSeconds;
            }

            recovered = from + Window;
        }

        return After.TotalSeconds;
    }

    private static async Task<(List<TimeSpan> Ends, TimeSpan Slowest, int Failed)> LoopAsync(IModelLease lease, long started, CancellationToken end)
    {
        var (ends, slowest, failed, inputs) = (new List<TimeSpan>(), TimeSpan.Zero, 0, SileroInputs());
        while (!end.IsCancellationRequested)
        {
            try
            {
                var began = Stopwatch.GetElapsedTime(started);
                (await lease.RunAsync(inputs, CancellationToken.None)).Dispose();
                ends.Add(Stopwatch.GetElapsedTime(started));

                // The first runs compile what they use.
                slowest = began > Before / 2 && ends[^1] - began > slowest ? ends[^1] - began : slowest;
            }
            catch (EdgeAIException)
            {
                failed++;
            }
        }

        return (ends, slowest, failed);
    }

    private static async Task<double> TimeAsync(IModelLease lease, ModelInputs inputs)
    {
        var started = Stopwatch.GetTimestamp();
        (await lease.RunAsync(inputs)).Dispose();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static EdgeRuntime Open(string data, RemoteTransport transport, params Node[] nodes) => EdgeRuntime.Create(
        options => options.DataDirectory = data,
        edge => edge.AddRemoteCluster("nodes", options =>
        {
            options.Transport = transport;
            foreach (var node in nodes)
            {
                options.Endpoints.Add(transport == RemoteTransport.Grpc ? node.Grpc : node.Rest);
            }
        }));

    private static ModelInputs SileroInputs() => new()
    {
        ["input"] = TensorValue.Create(new float[BenchmarkModels.Window], 1, BenchmarkModels.Window),
        ["state"] = TensorValue.Create(new float[2 * 128], 2, 1, 128),
        ["sr"] = TensorValue.Scalar(16000L),
    };

    private static ModelInputs DetectionInputs() => new() { ["x"] = TensorValue.Create(new float[3 * BenchmarkModels.Side * BenchmarkModels.Side], 1, 3, BenchmarkModels.Side, BenchmarkModels.Side) };

    private sealed class Node(ChildProcess process, DirectoryInfo data, Uri rest, Uri grpc) : IDisposable
    {
        public Uri Rest => rest;

        public Uri Grpc => grpc;

        public static async Task<Node> StartAsync(string name, string file)
        {
            var data = Directory.CreateTempSubdirectory("edgeai-node-");
            var process = ChildProcess.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "EdgeAI.Testing.ServingProcess.dll"), data.FullName, "0", "0", name, file]);
            var line = await process.ReadLineAsync(CancellationToken.None) ?? throw new InvalidOperationException("A node ended before it served.");
            return new Node(process, data, new Uri(line.Split(' ')[0]), new Uri(line.Split(' ')[1]));
        }

        public void Kill() => process.Kill();

        public void Dispose()
        {
            process.Dispose();
            data.Delete(recursive: true);
        }
    }
}
