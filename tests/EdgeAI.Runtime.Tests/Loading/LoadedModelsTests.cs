using EdgeAI.Loading;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Storage;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Runtime.Tests.Loading;

/// <summary>The states of a shared model, with callers whose order the test decides.</summary>
public sealed class LoadedModelsTests : IDisposable
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromMinutes(5);
    private static readonly Digest Model = Digest.Of([1]);

    private readonly FakeTimeProvider _time = new();
    private readonly FakeSession _session = new(new ModelSignature([], []));
    private readonly TaskCompletionSource<LoadedSession> _load = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationToken _loadToken;
    private int _loads;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task AcquireAsync_OneOfTwoWaitersCancelled_TheLoadGoesOnForTheOther()
    {
        await using var models = new LoadedModels(KeepAlive, _time);
        using var cancellation = new CancellationTokenSource();
        var first = models.AcquireAsync(Model, LoadAsync, cancellation.Token).AsTask();
        var second = models.AcquireAsync(Model, LoadAsync, Cancellation).AsTask();

        await cancellation.CancelAsync();
        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        LetLoadEnd();
        var model = await second;

        Assert.Equal(cancellation.Token, exception.CancellationToken);
        Assert.Equal(1, _loads);
        Assert.False(_loadToken.IsCancellationRequested);
        await models.ReleaseAsync(model);
    }

    [Fact]
    public async Task AcquireAsync_BothWaitersCancelled_CancelsTheLoad()
    {
        await using var models = new LoadedModels(KeepAlive, _time);
        using var cancellation = new CancellationTokenSource();
        var first = models.AcquireAsync(Model, LoadAsync, cancellation.Token).AsTask();
        var second = models.AcquireAsync(Model, LoadAsync, cancellation.Token).AsTask();

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);

        Assert.Equal(1, _loads);
        Assert.True(_loadToken.IsCancellationRequested);
    }

    [Fact]
    public async Task ReleaseAsync_OfTheLastHolder_KeepsTheModelForItsKeepAlive()
    {
        await using var models = new LoadedModels(KeepAlive, _time);
        LetLoadEnd();
        await models.ReleaseAsync(await models.AcquireAsync(Model, LoadAsync, Cancellation));

        _time.Advance(KeepAlive - TimeSpan.FromTicks(1));
        Assert.False(_session.IsDisposed);
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.True(_session.IsDisposed);
    }

    [Fact]
    public async Task AcquireAsync_WhileIdle_KeepsTheModelAndStartsItsKeepAliveAnew()
    {
        await using var models = new LoadedModels(KeepAlive, _time);
        LetLoadEnd();
        await models.ReleaseAsync(await models.AcquireAsync(Model, LoadAsync, Cancellation));
        _time.Advance(KeepAlive / 2);

        var again = await models.AcquireAsync(Model, LoadAsync, Cancellation);
        _time.Advance(KeepAlive * 10);
        Assert.False(_session.IsDisposed);
        await models.ReleaseAsync(again);
        _time.Advance(KeepAlive / 2);
        Assert.False(_session.IsDisposed);
        _time.Advance(KeepAlive / 2);

        Assert.True(_session.IsDisposed);
        Assert.Equal(1, _loads);
    }

    [Fact]
    public async Task ReleaseAsync_WithoutKeepAlive_UnloadsAtOnce()
    {
        await using var models = new LoadedModels(TimeSpan.Zero, _time);
        LetLoadEnd();

        await models.ReleaseAsync(await models.AcquireAsync(Model, LoadAsync, Cancellation));

        Assert.True(_session.IsDisposed);
    }

    [Fact]
    public async Task ReleaseAsync_WithInfiniteKeepAlive_UnloadsWithTheEngine()
    {
        var models = new LoadedModels(Timeout.InfiniteTimeSpan, _time);
        LetLoadEnd();
        await models.ReleaseAsync(await models.AcquireAsync(Model, LoadAsync, Cancellation));
        _time.Advance(TimeSpan.FromDays(1000));
        Assert.False(_session.IsDisposed);

        await models.DisposeAsync();

        Assert.True(_session.IsDisposed);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await models.AcquireAsync(Model, LoadAsync, Cancellation));
    }

    [Fact]
    public async Task Hold_AfterTheLastHolderLeft_IsRefused()
    {
        await using var models = new LoadedModels(KeepAlive, _time);
        LetLoadEnd();
        var model = await models.AcquireAsync(Model, LoadAsync, Cancellation);
        await models.ReleaseAsync(model);

        Assert.Throws<ObjectDisposedException>(() => models.Hold(model));
    }

    [Fact]
    public async Task DisposeAsync_WhileAModelIsHeld_LeavesItToItsHolder()
    {
        var models = new LoadedModels(KeepAlive, _time);
        LetLoadEnd();
        var model = await models.AcquireAsync(Model, LoadAsync, Cancellation);

        await models.DisposeAsync();
        Assert.False(_session.IsDisposed);
        await models.ReleaseAsync(model);

        Assert.True(_session.IsDisposed);
    }

    private Task<LoadedSession> LoadAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _loads);
        _loadToken = cancellationToken;
        return _load.Task.WaitAsync(cancellationToken);
    }

    private void LetLoadEnd() =>
        _load.TrySetResult(new LoadedSession(_session, new ExecutionDevice("fake", DeviceKind.Cpu, "0", "a device of the tests"), new FakeHotModel()));

    private sealed class FakeHotModel : IHotModel
    {
        public Digest Digest => Model;

        public ModelManifest Manifest => throw new NotSupportedException();

        public HotFiles Files => throw new NotSupportedException();

        public string DerivedDirectory => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
