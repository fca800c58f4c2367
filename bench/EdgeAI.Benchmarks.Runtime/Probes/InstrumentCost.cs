using System.Diagnostics;
using System.Diagnostics.Metrics;
using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Scheduling;
using EdgeAI.Storage;
using EdgeAI.Telemetry;

namespace EdgeAI.Benchmarks.Runtime.Probes;

/// <summary>What the engine's instruments take of a run by a binding, without the run.</summary>
internal static class InstrumentCost
{
    private const int Rounds = 401;
    private const int RunsInRound = 2000;

    /// <summary>Measures by turns, in nanoseconds a run.</summary>
    public static (double Silent, double Heard) Measure(Func<IDisposable> listen)
    {
        using var meter = new Meter(EdgeAITelemetry.MeterName);
        var telemetry = new RuntimeTelemetry(meter, TimeProvider.System);
        var provider = new Nothing();
        var lane = new DeviceLane(0, provider, provider.Devices[0], new DeviceOptions(), TimeProvider.System);
        var rounds = new List<(double Silent, double Heard)>();
        for (var i = 0; i < Rounds; i++)
        {
            var silent = Time(telemetry, lane);
            using (listen())
            {
                rounds.Add((silent, Time(telemetry, lane)));
            }
        }

        return (BenchmarkContext.Median(rounds.Select(round => round.Silent)), BenchmarkContext.Median(rounds.Select(round => round.Heard)));
    }

    private static double Time(RuntimeTelemetry telemetry, DeviceLane lane)
    {
        var model = ModelReference.Parse("model");
        var clock = Stopwatch.GetTimestamp();
        for (var i = 0; i < RunsInRound; i++)
        {
            var run = telemetry.BeginRun(model);
            var begun = telemetry.BeginOnDevice();
            telemetry.EndOnDevice(lane, begun);
            telemetry.EndRun(run);
        }

        return Stopwatch.GetElapsedTime(clock).TotalNanoseconds / RunsInRound;
    }

    /// <summary>A device that runs nothing.</summary>
    private sealed class Nothing : IExecutionProvider
    {
        public string Name => "cpu";

        public IReadOnlyList<ExecutionDevice> Devices { get; } = [new("cpu", DeviceKind.Cpu, "0", "A processor")];

        public ValueTask<IModelSession> CreateSessionAsync(IHotModel model, ExecutionDevice device, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
