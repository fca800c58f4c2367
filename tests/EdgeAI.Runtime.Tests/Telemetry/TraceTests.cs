using System.Diagnostics;
using System.Diagnostics.Metrics;
using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Runtime.Tests.Loading;
using EdgeAI.Runtime.Tests.Memory;
using EdgeAI.Storage.Tiers;
using EdgeAI.Telemetry;
using EdgeAI.Testing.Catalogue;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeAI.Runtime.Tests.Telemetry;

/// <summary>One trace from a request to what it needed.</summary>
public sealed class TraceTests : IDisposable
{
    private readonly ActivitySource _app = new("EdgeAI.Tests.App");
    private readonly List<Activity> _stopped = [];
    private readonly ActivityListener _listener;

    public TraceTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == EdgeAITelemetry.ActivitySourceName || source == _app,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (_stopped)
                {
                    _stopped.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _listener.Dispose();
        _app.Dispose();
    }

    [Fact]
    public async Task LoadAsync_ModelOnlyOnACluster_IsOneTraceDownToTheCluster()
    {
        var cluster = new MemoryTier("primary");
        await using var origin = new TestRuntime(build: builder => builder.AddStorage(storage => storage.AddCluster("primary", cluster)));
        await origin.ImportAsync(TestModels.Mlp);
        await origin.Runtime.Store.FlushAsync(Cancellation);
        await using var node = new TestRuntime(build: builder => builder.AddStorage(storage => storage.AddCluster("primary", cluster)));

        ActivityTraceId trace;
        using (var request = _app.StartActivity("request")!)
        {
            trace = request.TraceId;
            await using var lease = await node.Runtime.Engine.LoadAsync("mlp", Cancellation);
            (await lease.RunAsync(TestModels.Mlp.CreateInputs(), Cancellation)).Dispose();
        }

        var chains = Chains(trace);
        Assert.Contains("request/edgeai.pull/edgeai.cluster.request", chains);
        Assert.Contains("request/edgeai.load/edgeai.materialize", chains);
        Assert.Contains("request/edgeai.run", chains);
    }

    [Fact]
    public async Task RunAsync_AfterASwap_HasTheLoadWithinTheRun()
    {
        await using var test = new TestRuntime();
        await using var lease = await test.LoadAsync(TestModels.MatMul);
        await test.Runtime.Engine.SwapOutAsync("matmul", Cancellation);

        using var request = _app.StartActivity("request")!;
        (await lease.RunAsync(TestModels.MatMul.CreateInputs(), Cancellation)).Dispose();
        request.Stop();

        Assert.Contains("request/edgeai.run/edgeai.load/edgeai.materialize", Chains(request.TraceId));
    }

    [Fact]
    public async Task RunAsync_WaitsForADevice_HasTheQueueWithinTheRun()
    {
        var provider = new FakeProvider();
        await using var test = TestRuntime.On(provider, options => options.Inference.Devices["fake:0"] = new DeviceOptions { MaxConcurrentRuns = 1 });
        provider.LetLoadsEnd();
        await test.ImportAsync(TestModels.Add);
        await using var lease = await test.Runtime.Engine.LoadAsync("add", new ModelLoadOptions { Device = "fake:0" }, Cancellation);
        provider.Sessions[0].HoldRuns();
        var first = lease.RunAsync(TestModels.Add.CreateInputs(), Cancellation).AsTask();
        await provider.Sessions[0].RunStarted;

        using var request = _app.StartActivity("request")!;
        var second = lease.RunAsync(TestModels.Add.CreateInputs(), Cancellation).AsTask();
        await SizedModels.UntilAsync(() => ((IEngineControl)test.Runtime.Engine).WaitingRuns == 1);
        provider.Sessions[0].LetRunsEnd();
        (await first).Dispose();
        (await second).Dispose();
        request.Stop();

        Assert.Contains("request/edgeai.run/edgeai.queue", Chains(request.TraceId));
    }

    [Fact]
    public async Task DisposeAsync_ModelIsIdleForAWhile_LeavesMemoryInATraceOfItsOwn()
    {
        const string Name = "left-idle";
        await using var test = new TestRuntime(options => options.Inference.KeepAlive = TimeSpan.FromMilliseconds(20));
        await test.Runtime.Store.ImportAsync(Name, ModelSource.FromMemory(TestModels.Add.Content, TestModels.Add.FileName), null, Cancellation);
        using var request = _app.StartActivity("request")!;
        await (await test.Runtime.Engine.LoadAsync(Name, Cancellation)).DisposeAsync();

        using var late = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        Activity? unload;
        while ((unload = FindUnload()) is null)
        {
            Assert.False(late.IsCancellationRequested, "It stays in memory.");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancellation);
        }

        Assert.NotEqual(request.TraceId, unload.TraceId);
        Assert.Equal(default, unload.ParentSpanId);

        Activity? FindUnload()
        {
            lock (_stopped)
            {
                return _stopped.Find(activity => activity.OperationName == TelemetryActivities.Unload && ((string?)activity.GetTagItem(TelemetryTags.Model))?.StartsWith(Name, StringComparison.Ordinal) is true);
            }
        }
    }

    [Fact]
    public async Task Run_WithAndWithoutAListener_AllocatesNothingMore()
    {
        _listener.Dispose();
        await using var test = new TestRuntime();
        await using var lease = await test.LoadAsync(TestModels.Add);
        using var binding = lease.Bind(TestModels.Add.CreateInputs());
        Assert.Equal(0, Allocate(binding));

        using var metrics = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == EdgeAITelemetry.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        metrics.SetMeasurementEventCallback<double>((_, _, _, _) => { });
        metrics.Start();

        Assert.Equal(0, Allocate(binding));
    }

    private static long Allocate(IModelBinding binding)
    {
        for (var i = 0; i < 100; i++)
        {
            binding.Run(Cancellation);
        }

        var cancellation = Cancellation;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            binding.Run(cancellation);
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / 100;
    }

    private HashSet<string> Chains(ActivityTraceId trace)
    {
        lock (_stopped)
        {
            var all = _stopped.Where(activity => activity.TraceId == trace).ToDictionary(activity => activity.SpanId);
            return [.. all.Values.Select(Chain)];

            string Chain(Activity activity) => all.TryGetValue(activity.ParentSpanId, out var parent) ? $"{Chain(parent)}/{activity.OperationName}" : activity.OperationName;
        }
    }
}
