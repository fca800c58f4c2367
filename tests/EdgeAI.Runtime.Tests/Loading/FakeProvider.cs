using EdgeAI.Providers;
using EdgeAI.Storage;

namespace EdgeAI.Runtime.Tests.Loading;

/// <summary>A provider whose loads and runs stand still until the test lets them go, and that counts them.</summary>
internal sealed class FakeProvider : IExecutionProvider
{
    private readonly List<FakeSession> _sessions = [];
    private readonly TaskCompletionSource _loadGate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _loadStarted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _loads;

    public string Name => "fake";

    public IReadOnlyList<ExecutionDevice> Devices { get; init; } = [new("fake", DeviceKind.Npu, "0", "a device of the tests")];

    /// <summary>Fails loads while it is set.</summary>
    public Exception? Failure { get; set; }

    /// <summary>How often a load was begun.</summary>
    public int Loads => Volatile.Read(ref _loads);

    /// <summary>The token of the last load.</summary>
    public CancellationToken LoadToken { get; private set; }

    public IReadOnlyList<FakeSession> Sessions => _sessions;

    /// <summary>Completes when a load has begun.</summary>
    public Task LoadStarted => _loadStarted.Task;

    /// <summary>Lets loads end.</summary>
    public void LetLoadsEnd() => _loadGate.TrySetResult();

    public async ValueTask<IModelSession> CreateSessionAsync(IHotModel model, ExecutionDevice device, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _loads);
        LoadToken = cancellationToken;

        // Before anybody hears of the load: one that is cancelled then must not find the gate open first.
        var gate = _loadGate.Task.WaitAsync(cancellationToken);
        _loadStarted.TrySetResult();
        await gate;
        if (Failure is { } failure)
        {
            throw failure;
        }

        var session = new FakeSession(model.Manifest.Signature);
        _sessions.Add(session);
        return session;
    }
}
