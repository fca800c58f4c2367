using System.Diagnostics;
using EdgeAI.Benchmarks.Cluster.Links;
using EdgeAI.Benchmarks.Reporting;
using EdgeAI.Configuration;
using EdgeAI.Sources;
using EdgeAI.Storage.Sources;
using EdgeAI.Storage.Sources.Http;
using EdgeAI.Storage.Transfers;
using EdgeAI.Transfers;

namespace EdgeAI.Benchmarks.Cluster.Transfers;

/// <summary>
/// How much longer a fetch that a load waits for takes over a link of 20 Mbit while eight background downloads go on over it: with one scheduler for all, and, as a peer, with each
/// asking nobody.
/// </summary>
internal static class CriticalMeasure
{
    public const string Name = "critical_under_background";

    private const int Megabits = 20;
    private const int CriticalBytes = 4_000_000;
    private const int BackgroundBytes = 1_000_000_000;
    private const int BackgroundTransfers = 8;

    private static readonly SourceOptions Options = new();

    public static async Task RunAsync(BenchmarkOptions options, Report report)
    {
        await using var link = await SlowLink.CreateAsync(Megabits);
        Console.Error.WriteLine($"… {Name}: {link.Kind}, {Megabits} Mbit, {CriticalBytes} bytes under {BackgroundTransfers} background downloads");
        var (alone, under) = (new List<double>(), new List<double>());
        await FetchAsync(link, new TransferScheduler(), TransferPriority.Critical, CriticalBytes, CancellationToken.None);
        for (var repeat = 0; repeat < options.Repeats; repeat++)
        {
            alone.Add(await MeasureAsync(link, new TransferScheduler()));
            under.Add(await MeasureUnderAsync(link, new TransferScheduler(), isShared: true));
            Console.Error.WriteLine($"… {alone[^1]:F3} s alone, {under[^1]:F3} s under background");
        }

        report.Add(Name, Median(under) / Median(alone), "alone", "ratio");

        // Once: connections that have the link keep it, and a new one may take a minute.
        report.Add(Name + "_unscheduled", await MeasureUnderAsync(link, new TransferScheduler(), isShared: false) / Median(alone), "alone", "ratio");
        report.Add("critical_alone", Median(alone), "EdgeAI", "s");
    }

    private static async Task<double> MeasureUnderAsync(SlowLink link, TransferScheduler scheduler, bool isShared)
    {
        using var stop = new CancellationTokenSource();
        var background = Enumerable.Range(0, BackgroundTransfers).Select(_ => FetchAsync(
            link,
            isShared ? scheduler : new TransferScheduler(),
            isShared ? TransferPriority.Background : TransferPriority.Normal,
            BackgroundBytes,
            stop.Token)).ToArray();

        // Until they have filled the link and what is before it.
        await Task.Delay(TimeSpan.FromSeconds(2), CancellationToken.None);
        var seconds = await MeasureAsync(link, scheduler);
        await stop.CancelAsync();
        await Task.WhenAll(background.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default)));

        // What was on the way is of the measure that ended.
        await Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None);
        return seconds;
    }

    private static async Task<double> MeasureAsync(SlowLink link, TransferScheduler scheduler)
    {
        var started = Stopwatch.GetTimestamp();
        await FetchAsync(link, scheduler, TransferPriority.Critical, CriticalBytes, CancellationToken.None);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task FetchAsync(SlowLink link, TransferScheduler scheduler, TransferPriority priority, int bytes, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("edgeai-bench-");
        try
        {
            var context = new ModelSourceContext { Folder = folder.FullName, Transfers = scheduler, Downloads = new FolderDownloads(Options), Priority = priority };
            var call = new HttpCall(new Uri(link.Address, $"/{bytes}"), $"{bytes} bytes");
            await using var file = await context.FetchAsync(new HttpFile("file", new HttpRequests(Options, TimeProvider.System), call), cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
