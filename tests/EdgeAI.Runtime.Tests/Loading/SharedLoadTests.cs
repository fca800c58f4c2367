using EdgeAI.Inference;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Runtime.Tests.Loading;

/// <summary>One load, however many ask; it goes on while one of them waits.</summary>
public sealed class SharedLoadTests : IAsyncLifetime
{
    private readonly FakeProvider _provider = new();
    private TestRuntime _test = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _test = TestRuntime.On(_provider);
        await _test.ImportAsync(TestModels.Add);
    }

    public ValueTask DisposeAsync() => _test.DisposeAsync();

    [Fact]
    public async Task LoadAsync_ByManyAtOnce_LoadsOnce()
    {
        var waiting = Enumerable.Range(0, 16).Select(_ => LoadAsync(Cancellation)).ToArray();
        await _provider.LoadStarted;
        _provider.LetLoadsEnd();
        var leases = await Task.WhenAll(waiting);

        Assert.Equal(1, _provider.Loads);
        Assert.All(leases, lease => Assert.Equal("fake:0", lease.Device.ToString()));
        Assert.All(leases, lease => Assert.Equal("a: float32[2]", lease.Signature.Inputs[0].ToString()));
    }

    [Fact]
    public async Task LoadAsync_ByTagAndByDigest_IsOneLoad()
    {
        _provider.LetLoadsEnd();
        await using var byTag = await LoadAsync(Cancellation);
        await using var byDigest = await _test.Runtime.Engine.LoadAsync(byTag.Reference.At(byTag.Digest), Cancellation);

        Assert.Equal(1, _provider.Loads);
        Assert.Equal(byTag.Digest, byDigest.Digest);
        Assert.Equal($"add@{byTag.Digest}", byDigest.Reference.ToString());
    }

    [Fact]
    public async Task LoadAsync_LastWaiterCancelled_CancelsTheLoad()
    {
        using var cancellation = new CancellationTokenSource();
        var only = LoadAsync(cancellation.Token);
        await _provider.LoadStarted;
        await cancellation.CancelAsync();

        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => only);

        Assert.Equal(cancellation.Token, exception.CancellationToken);
        Assert.True(_provider.LoadToken.IsCancellationRequested);
        _provider.LetLoadsEnd();
        await using var again = await LoadAsync(Cancellation);
        Assert.Equal(2, _provider.Loads);
    }

    [Fact]
    public async Task LoadAsync_FailedLoad_FailsAllWaitersAndIsTriedAnew()
    {
        _provider.Failure = new InvalidOperationException("the device is on fire");
        var waiting = Enumerable.Range(0, 4).Select(_ => LoadAsync(Cancellation)).ToArray();
        await _provider.LoadStarted;
        _provider.LetLoadsEnd();
        foreach (var waiter in waiting)
        {
            Assert.Same(_provider.Failure, await Assert.ThrowsAsync<InvalidOperationException>(() => waiter));
        }

        _provider.Failure = null;
        await using var lease = await LoadAsync(Cancellation);

        Assert.Equal("fake:0", lease.Device.ToString());
    }

    [Fact]
    public async Task LoadAsync_ProviderRefuses_AsksTheNext()
    {
        _provider.LetLoadsEnd();
        _provider.Failure = new ModelLoadException("add", "fake:0", "It has no such operator.");

        await using var lease = await LoadAsync(Cancellation);

        Assert.Equal("cpu:0", lease.Device.ToString());
        using var outputs = lease.Run(TestModels.Add.CreateInputs(), Cancellation);
        Assert.Equal([11f, 22f], outputs.GetTensor("y").ToArray<float>());
    }

    [Fact]
    public async Task LoadAsync_EveryProviderRefuses_NamesEach()
    {
        _provider.LetLoadsEnd();
        _provider.Failure = new ModelLoadException("m", "fake:0", "It has no such operator.");
        await _test.ImportAsync(TestModels.UnknownOperator);

        var exception = await Assert.ThrowsAsync<ModelLoadException>(
            async () => await _test.Runtime.Engine.LoadAsync(TestModels.UnknownOperator.Name, Cancellation));

        Assert.Equal("fake:0, cpu:0", exception.Device);
        Assert.Contains("It has no such operator.", exception.Message, StringComparison.Ordinal);
        Assert.Contains("FrobnicateExtremely", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Inputs_ReachTheProviderAsTheyAre()
    {
        _provider.LetLoadsEnd();
        await using var lease = await LoadAsync(Cancellation);
        var inputs = TestModels.Add.CreateInputs();

        using var outputs = await lease.RunAsync(inputs, Cancellation);

        Assert.Same(inputs["a"], _provider.Sessions[0].Inputs!["a"]);
        Assert.Same(inputs["b"], _provider.Sessions[0].Inputs!["b"]);
    }

    private Task<IModelLease> LoadAsync(CancellationToken cancellationToken) =>
        Task.Run(() => _test.Runtime.Engine.LoadAsync("add", cancellationToken).AsTask(), CancellationToken.None);
}
