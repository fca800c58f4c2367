using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Storage;

namespace EdgeAI.Runtime.Tests.Scheduling;

/// <summary>
/// The reference provider: one device, every call of the seam, and a switch for each way to fail. Copy it to bring your own device; what it runs is a function of the test.
/// </summary>
internal sealed class TestProvider(string name, DeviceKind kind) : IExecutionProvider
{
    private int _loads;
    private int _runs;
    private int _closed;

    public string Name => name;

    public IReadOnlyList<ExecutionDevice> Devices { get; } = [new(name, kind, "0", $"a {kind} of the tests")];

    /// <summary>What a load throws; null for a load that succeeds.</summary>
    public Exception? LoadFailure { get; set; }

    /// <summary>What a load waits for, whatever its token says; null for nothing.</summary>
    public Task? LoadGate { get; set; }

    /// <summary>What a run does; it may throw, wait for the token, or give whatever outputs.</summary>
    public Func<IReadOnlyDictionary<string, ModelValue>, CancellationToken, ModelOutputs> OnRun { get; set; } = (_, _) => Sum(33);

    public int Loads => Volatile.Read(ref _loads);

    public int Runs => Volatile.Read(ref _runs);

    /// <summary>How many sessions were disposed.</summary>
    public int Closed => Volatile.Read(ref _closed);

    /// <summary>Outputs of the catalogue's Add.</summary>
    public static ModelOutputs Sum(float value) => new(["y"], [TensorValue.Create(new[] { value, value }, 2)]);

    public async ValueTask<IModelSession> CreateSessionAsync(IHotModel model, ExecutionDevice device, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Interlocked.Increment(ref _loads);
        await (LoadGate ?? Task.CompletedTask);
        return LoadFailure is { } failure ? throw failure : new Session(this, model.Manifest.Signature);
    }

    private sealed class Session(TestProvider provider, ModelSignature signature) : IModelSession
    {
        public ModelSignature Signature => signature;

        public ModelOutputs Run(IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref provider._runs);
            return provider.OnRun(inputs, cancellationToken);
        }

        public void Dispose() => Interlocked.Increment(ref provider._closed);
    }
}
