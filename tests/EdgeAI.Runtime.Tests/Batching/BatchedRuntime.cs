using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Providers;
using EdgeAI.Testing.Catalogue;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Runtime.Tests.Batching;

/// <summary>An instance whose runs a test can hold, and whose time it moves.</summary>
internal sealed class BatchedRuntime : IAsyncDisposable
{
    public BatchedRuntime() => Test = new TestRuntime(
        options => options.Inference.KeepAlive = TimeSpan.Zero,
        builder => builder.Services.AddSingleton<IExecutionProvider>(Provider).AddSingleton<TimeProvider>(Time));

    public TestRuntime Test { get; }

    public GatedProvider Provider { get; } = new();

    public FakeTimeProvider Time { get; } = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async Task<IModelLease> LoadAsync(TestModel model, BatchingOptions batching)
    {
        await Test.ImportAsync(model);
        return await LoadAgainAsync(model, batching);
    }

    public ValueTask<IModelLease> LoadAgainAsync(TestModel model, BatchingOptions? batching) =>
        Test.Runtime.Engine.LoadAsync(model.Name, new ModelLoadOptions { Batching = batching }, Cancellation);

    /// <summary>Begins a run that stands still, so that what comes after it has to wait.</summary>
    public async Task<Task<ModelOutputs>> OccupyAsync(IModelLease lease, ModelInputs inputs)
    {
        Provider.HoldRuns();
        var running = lease.RunAsync(inputs, Cancellation).AsTask();
        await Provider.NextRunStarted();
        return running;
    }

    public async ValueTask DisposeAsync()
    {
        Provider.LetRunsEnd();
        await Test.DisposeAsync();
        Provider.Dispose();
    }
}
