using System.Collections.Concurrent;
using System.Diagnostics;
using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Runtime.Tests.Batching;
using EdgeAI.Telemetry;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Runtime.Tests.Telemetry;

/// <summary>Requests of several traces that share a run.</summary>
public sealed class BatchTraceTests : IDisposable
{
    private readonly ActivitySource _app = new("EdgeAI.Tests.Batches");
    private readonly ConcurrentQueue<Activity> _stopped = [];
    private readonly ActivityListener _listener;

    public BatchTraceTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == EdgeAITelemetry.ActivitySourceName || source == _app,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _stopped.Enqueue,
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
    public async Task RunAsync_OfThreeTracesInABatch_IsLinkedBothWays()
    {
        await using var test = new BatchedRuntime();
        await using var lease = await test.LoadAsync(TestModels.Mlp, new BatchingOptions());
        var first = await test.OccupyAsync(lease, TestModels.MlpInputs(100, 1));
        var callers = Enumerable.Range(0, 3).Select(i => RunAsync(lease, i)).ToArray();

        test.Provider.LetRunsEnd();
        (await first).Dispose();
        var members = await Task.WhenAll(callers);

        var batch = Assert.Single(_stopped, activity => activity.OperationName == TelemetryActivities.Batch && activity.TraceId == members[0].TraceId);
        Assert.Equal(members[0].SpanId, batch.ParentSpanId);
        Assert.Equal(members[1..].Select(member => member.Context), batch.Links.Select(link => link.Context));
        Assert.All(members[1..], member => Assert.Equal(batch.Context, Assert.Single(member.Links).Context));
        Assert.Empty(members[0].Links);
        var run = Assert.Single(_stopped, activity => activity.OperationName == TelemetryActivities.Run && activity.TraceId == batch.TraceId);
        Assert.Equal(batch.SpanId, run.ParentSpanId);
    }

    private async Task<Activity> RunAsync(IModelLease lease, int i)
    {
        Activity.Current = null;
        using var caller = _app.StartActivity("caller")!;
        (await lease.RunAsync(TestModels.MlpInputs(i, 1), Cancellation)).Dispose();
        return caller;
    }
}
