using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using EdgeAI.Benchmarks.Runtime.Processes;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Telemetry;

namespace EdgeAI.Benchmarks.Runtime.Probes;

/// <summary>Runs Silero's voice detector by a binding with nobody listening, with a listener to all instruments, and with one to activities too, by turns in one process.</summary>
internal static class TelemetryProbe
{
    public const string Argument = "telemetry-probe";

    // So short that most turns are not disturbed, and so many that the others don't count.
    private const int Rounds = 1201;
    private const int RunsInRound = 20;
    private const int WarmRuns = 5;

    private static readonly int[][] Orders = [[0, 2, 1, 3], [2, 1, 3, 0], [1, 3, 0, 2], [3, 0, 2, 1], [3, 1, 2, 0], [0, 3, 1, 2], [2, 0, 3, 1], [1, 2, 0, 3]];

    private static long Heard;

    public static async Task<TelemetryResult> StartAsync(string model) =>
        JsonSerializer.Deserialize<TelemetryResult>(await Command.ToProbe(Argument, model).RunAsync())!;

    public static async Task<int> RunAsync(string model)
    {
        var folder = Directory.CreateTempSubdirectory("edgeai-bench-").FullName;
        try
        {
            Console.WriteLine(JsonSerializer.Serialize(await MeasureAsync(model, folder)));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<TelemetryResult> MeasureAsync(string model, string folder)
    {
        await using var edge = EdgeRuntime.Create(options => options.DataDirectory = folder);
        await edge.Store.ImportAsync("silero", ModelSource.FromFile(model));
        await using var lease = await edge.Engine.LoadAsync("silero");
        using var binding = lease.Bind(new ModelInputs
        {
            ["input"] = TensorValue.Create(new float[512], 1, 512),
            ["state"] = TensorValue.Create(new float[256], 2, 1, 128),
            ["sr"] = TensorValue.Create(new long[] { 16000 }),
        });
        var rounds = new List<(double Silent, double Again, double Metrics, double Traces, double Bytes)>();
        for (var i = 0; i < Rounds; i++)
        {
            rounds.Add(MeasureRound(binding));
        }

        // The two silent turns of a round say how much of a difference is the machine's. What the instruments take by themselves is measured without a model: that is little, and a run varies by more.
        var alone = InstrumentCost.Measure(ListenToMetrics);
        return new TelemetryResult(
            BenchmarkContext.Median(rounds.Select(round => round.Silent)),
            BenchmarkContext.Median(rounds.Select(round => round.Again / round.Silent)),
            BenchmarkContext.Median(rounds.Select(round => 2 * round.Metrics / (round.Silent + round.Again))),
            BenchmarkContext.Median(rounds.Select(round => 2 * round.Traces / (round.Silent + round.Again))),
            BenchmarkContext.Median(rounds.Select(round => round.Bytes)),
            alone.Silent,
            alone.Heard);
    }

    // In another order each time, and with as much done before: what comes first, or after a pause, is slower by itself.
    private static (double Silent, double Again, double Metrics, double Traces, double Bytes) MeasureRound(IModelBinding binding)
    {
        Func<IDisposable>[][] turns = [[], [], [ListenToMetrics], [ListenToMetrics, ListenToActivities]];
        var times = new (double Time, double Bytes)[turns.Length];
        foreach (var turn in Random.Shared.GetItems(Orders, 1)[0])
        {
            using var nothing = new MeterListener();
            var listeners = turns[turn].Select(listen => listen()).ToList();
            for (var i = 0; i < WarmRuns; i++)
            {
                binding.Run();
            }

            times[turn] = Measure(binding);
            listeners.ForEach(listener => listener.Dispose());
        }

        return (times[0].Time, times[1].Time, times[2].Time, times[3].Time, times[2].Bytes);
    }

    private static (double Time, double Bytes) Measure(IModelBinding binding)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.GetTimestamp();
        for (var i = 0; i < RunsInRound; i++)
        {
            binding.Run();
        }

        var elapsed = Stopwatch.GetElapsedTime(clock);
        return (elapsed.TotalMicroseconds / RunsInRound, (double)(GC.GetAllocatedBytesForCurrentThread() - before) / RunsInRound);
    }

    private static MeterListener ListenToMetrics()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter.Name == EdgeAITelemetry.MeterName)
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref Heard));
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => Interlocked.Increment(ref Heard));
        listener.Start();
        return listener;
    }

    private static ActivityListener ListenToActivities()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == EdgeAITelemetry.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
