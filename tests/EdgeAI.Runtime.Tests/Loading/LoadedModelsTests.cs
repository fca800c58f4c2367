using EdgeAI.Configuration;
using EdgeAI.Loading;
using EdgeAI.Memory;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Runtime.Tests.Memory;
using Microsoft.Extensions.Logging.Abstractions;
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
    private readonly TaskCompletionSource _loadStarted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationToken _loadToken;
    private int _loads;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task AcquireAsync_OneOfTwoWaitersCancelled_TheLoadGoesOnForTheOther()
    {
        await using var models = Create();
        using var cancellation = new CancellationTokenSource();
        var first = models.AcquireAsync(Request(), false, cancellation.Token).AsTask();
        var second = models.AcquireAsync(Request(), false, Cancellation).AsTask();
        await _loadStarted.Task;

        await cancellation.CancelAsync();
        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        LetLoadEnd();
        var (model, _) = await second;

        Assert.Equal(cancellation.Token, exception.CancellationToken);
        Assert.Equal(1, _loads);
        Assert.False(_loadToken.IsCancellationRequested);
        await models.ReleaseAsync(model, false);
    }

    [Fact]
    public async Task AcquireAsync_BothWaitersCancelled_CancelsTheLoad()
    {
        await using var models = Create();
        using var cancellation = new CancellationTokenSource();
        var first = models.AcquireAsync(Request(), false, cancellation.Token).AsTask();
        var second = models.AcquireAsync(Request(), false, cancellation.Token).AsTask();
        await _loadStarted.Task;

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);

        Assert.Equal(1, _loads);
        Assert.True(_loadToken.IsCancellationRequested);
    }

    [Fact]
    public async Task ReleaseAsync_OfTheLastHolder_KeepsTheModelForItsKeepAlive()
    {
        await using var models = Create();
        await UseAsync(models, Request());

        _time.Advance(KeepAlive - TimeSpan.FromTicks(1));
        Assert.False(_session.IsDisposed);
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.True(_session.IsDisposed);
        Assert.Empty(models.Report().Models);
    }

    [Fact]
    public async Task AcquireAsync_WhileIdle_KeepsTheModelAndStartsItsKeepAliveAnew()
    {
        await using var models = Create();
        await UseAsync(models, Request());
        _time.Advance(KeepAlive / 2);

        var (again, _) = await models.AcquireAsync(Request(), false, Cancellation);
        _time.Advance(KeepAlive * 10);
        Assert.False(_session.IsDisposed);
        await models.ReleaseAsync(again, false);
        _time.Advance(KeepAlive / 2);
        Assert.False(_session.IsDisposed);
        _time.Advance(KeepAlive / 2);

        Assert.True(_session.IsDisposed);
        Assert.Equal(1, _loads);
    }

    [Fact]
    public async Task ReleaseAsync_WithoutKeepAlive_UnloadsAtOnce()
    {
        await using var models = Create();

        await UseAsync(models, Request() with { KeepAlive = TimeSpan.Zero });

        Assert.True(_session.IsDisposed);
    }

    [Fact]
    public async Task AcquireAsync_WithAKeepAliveOfItsOwn_WinsOverTheFirst()
    {
        await using var models = Create();
        await UseAsync(models, Request());
        await UseAsync(models, Request() with { KeepAlive = TimeSpan.FromSeconds(1) });
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(_session.IsDisposed);

        await UseAsync(models, Request() with { KeepAlive = TimeSpan.FromSeconds(1), IsKeepAliveWished = true });
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(_session.IsDisposed);
    }

    [Fact]
    public async Task ReleaseAsync_WithInfiniteKeepAlive_UnloadsWithTheEngine()
    {
        var models = Create();
        await UseAsync(models, Request() with { KeepAlive = Timeout.InfiniteTimeSpan });
        _time.Advance(TimeSpan.FromDays(1000));
        Assert.False(_session.IsDisposed);

        await models.DisposeAsync();

        Assert.True(_session.IsDisposed);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await models.AcquireAsync(Request(), false, Cancellation));
    }

    [Fact]
    public async Task EnterAsync_AfterTheLastHolderLeft_IsRefusedOnceTheModelIsGone()
    {
        await using var models = Create();
        LetLoadEnd();
        var (model, _) = await models.AcquireAsync(Request() with { KeepAlive = TimeSpan.Zero }, false, Cancellation);
        await models.ReleaseAsync(model, false);

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await models.EnterAsync(model, Cancellation));
    }

    [Fact]
    public async Task DisposeAsync_WhileAModelIsHeld_LeavesItToItsHolder()
    {
        var models = Create();
        LetLoadEnd();
        var (model, _) = await models.AcquireAsync(Request(), false, Cancellation);

        await models.DisposeAsync();
        Assert.False(_session.IsDisposed);
        await models.ReleaseAsync(model, false);

        Assert.True(_session.IsDisposed);
    }

    [Fact]
    public async Task DisposeAsync_WhileAModelIsLoading_EndsTheWait()
    {
        var models = Create();
        var waiting = models.AcquireAsync(Request(), false, Cancellation).AsTask();

        await models.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        Assert.Empty(models.Report().Models);
    }

    private LoadedModels Create()
    {
        var options = new MemoryOptions { PressureInterval = TimeSpan.Zero };
        var system = new FakeSystemMemory();
        return new LoadedModels(options, system, new MemoryMeter(system), _time, NullLogger.Instance);
    }

    private ModelRequest Request() => new("model:1", Model, LoadAsync, KeepAlive);

    private async Task UseAsync(LoadedModels models, ModelRequest request)
    {
        LetLoadEnd();
        await models.ReleaseAsync((await models.AcquireAsync(request, false, Cancellation)).Model, false);
    }

    private Task<LoadedSession> LoadAsync(SharedLoad load)
    {
        Interlocked.Increment(ref _loads);
        _loadToken = load.Token;
        _loadStarted.TrySetResult();
        return _load.Task.WaitAsync(load.Token);
    }

    private void LetLoadEnd() =>
        _load.TrySetResult(new LoadedSession(_session, new ExecutionDevice("fake", DeviceKind.Cpu, "0", "a device of the tests"), new FakeHotModel(Model)));
}
