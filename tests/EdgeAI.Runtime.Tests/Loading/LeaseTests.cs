using EdgeAI.Models;
using EdgeAI.Testing.Catalogue;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Runtime.Tests.Loading;

/// <summary>What a lease guarantees, and what ends with it.</summary>
public sealed class LeaseTests : IAsyncLifetime
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromMinutes(2);

    private readonly FakeProvider _provider = new();
    private readonly FakeTimeProvider _time = new();
    private TestRuntime _test = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private FakeSession Session => Assert.Single(_provider.Sessions);

    public async ValueTask InitializeAsync()
    {
        _test = TestRuntime.On(
            _provider,
            options => options.Inference.KeepAlive = KeepAlive,
            builder => builder.Services.AddSingleton<TimeProvider>(_time));
        _provider.LetLoadsEnd();
        await _test.ImportAsync(TestModels.Add);
    }

    public ValueTask DisposeAsync() => _test.DisposeAsync();

    [Fact]
    public async Task DisposeAsync_OfTheLastLease_UnloadsAfterTheKeepAlive()
    {
        var first = await _test.Runtime.Engine.LoadAsync("add", Cancellation);
        var second = await _test.Runtime.Engine.LoadAsync("add", Cancellation);
        await first.DisposeAsync();
        await first.DisposeAsync();
        _time.Advance(KeepAlive * 2);
        Assert.False(Session.IsDisposed);

        await second.DisposeAsync();
        _time.Advance(KeepAlive);

        Assert.True(Session.IsDisposed);
    }

    [Fact]
    public async Task DisposeAsync_DuringARun_LetsTheRunEnd()
    {
        var lease = await _test.Runtime.Engine.LoadAsync("add", Cancellation);
        Session.HoldRuns();
        var run = lease.RunAsync(TestModels.Add.CreateInputs(), Cancellation).AsTask();
        await Session.RunStarted;

        await lease.DisposeAsync();
        _time.Advance(KeepAlive * 2);
        Assert.False(Session.IsDisposed);
        Session.LetRunsEnd();
        using var outputs = await run;
        _time.Advance(KeepAlive);

        Assert.Single(outputs);
        Assert.True(Session.IsDisposed);
    }

    [Fact]
    public async Task Run_AfterTheLeaseIsGone_IsRefused()
    {
        var lease = await _test.Runtime.Engine.LoadAsync("add", Cancellation);
        await lease.DisposeAsync();

        Assert.Throws<ObjectDisposedException>(() => lease.Run(TestModels.Add.CreateInputs(), Cancellation));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await lease.RunAsync(TestModels.Add.CreateInputs(), Cancellation));
    }

    [Fact]
    public async Task LoadAsync_TagMovedOn_LoadsTheNewVersionBesideTheOld()
    {
        await using var old = await _test.Runtime.Engine.LoadAsync("add", Cancellation);
        await _test.Runtime.Store.ImportAsync("add", ModelSource.FromMemory(TestModels.AddOne.Content), null, Cancellation);
        await using var current = await _test.Runtime.Engine.LoadAsync("add", Cancellation);

        Assert.Equal(2, _provider.Loads);
        Assert.NotEqual(old.Digest, current.Digest);
        Assert.Equal(2, old.Signature.Inputs.Count);
        Assert.Single(current.Signature.Inputs);
    }

    [Fact]
    public async Task LoadAsync_ModelHeld_KeepsItsFilesFromACollection()
    {
        await using var lease = await _test.Runtime.Engine.LoadAsync("add", Cancellation);
        await _test.Runtime.Store.RemoveAsync("add", Cancellation);

        Assert.Equal(0, (await _test.Runtime.Store.CollectGarbageAsync(Cancellation)).HotModelsRemoved);
        await lease.DisposeAsync();
        _time.Advance(KeepAlive);

        Assert.Equal(1, (await _test.Runtime.Store.CollectGarbageAsync(Cancellation)).HotModelsRemoved);
    }

    [Fact]
    public async Task LoadAsync_UnknownModel_NamesTheKnown()
    {
        var exception = await Assert.ThrowsAsync<ModelNotFoundException>(async () => await _test.Runtime.Engine.LoadAsync("nothing:1", Cancellation));

        Assert.Contains("add:latest", exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, _provider.Loads);
    }
}
