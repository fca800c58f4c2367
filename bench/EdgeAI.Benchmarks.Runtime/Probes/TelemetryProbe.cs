using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using EdgeAI.Benchmarks.Runtime.Processes;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Telemetry;

namespace EdgeAI.Benchmarks.Runtime.Probes;

/// <summary>Runs Silero's voice detector by a binding with nobody listening, with a listener to all instruments, and with one to activities too, round by round in one process.</summary>
internal static class TelemetryProbe
{
    public const string Argument = "telemetry-probe";

    private const int Rounds = 61;
    private const int RunsInRound = 200;

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
        Measure(binding);
        var rounds = new List<(double Silent, double Again, double Metrics, double Traces, double Bytes)>();
        for (var i = 0; i < Rounds; i++)
        {
            var silent = Measure(binding);
            (double Time, double Bytes) metrics, traces;
            using (ListenToMetrics())
            {
                metrics = Measure(binding);
                using (ListenToActivities())
                {
                    traces = Measure(binding);
                }
            }

            var again = Measure(binding);
            rounds.Add((silent.Time, again.Time, metrics.Time, traces.Time, metrics.Bytes));
        }

        // The two silent turns of a round say how much of a difference is the machine's.
        return new TelemetryResult(
            BenchmarkContext.Median(rounds.Select(round => round.Silent)),
            BenchmarkContext.Median(rounds.Select(round => round.Again / round.Silent)),
            BenchmarkContext.Median(rounds.Select(round => 2 * round.Metrics / (round.Silent + round.Again))),
            BenchmarkContext.Median(rounds.Select(round => 2 * round.Traces / (round.Silent + round.Again))),
            BenchmarkContext.Median(rounds.Select(round => round.Bytes)));
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
