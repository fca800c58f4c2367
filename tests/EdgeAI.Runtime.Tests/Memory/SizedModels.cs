using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Loading;
using EdgeAI.Memory;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Runtime.Tests.Loading;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Runtime.Tests.Memory;

/// <summary>Models without files, of sizes that the test chooses, and the bytes that their sessions really have.</summary>
internal sealed class SizedModels : IAsyncDisposable
{
    private static readonly ExecutionDevice Device = new("fake", DeviceKind.Npu, "0", "a device of the tests");

    private readonly List<string> _loads = [];
    private readonly List<string> _unloads = [];
    private long _open;
    private long _peak;

    public SizedModels(MemoryOptions options)
    {
        options.HostPrivateBytes ??= 100;
        options.HostMappedBytes ??= 1000;
        Models = new LoadedModels(options, System, new MemoryMeter(System), Time, NullLogger.Instance);
    }

    public FakeTimeProvider Time { get; } = new();

    public FakeSystemMemory System { get; } = new();

    public LoadedModels Models { get; }

    /// <summary>How long each load takes, by the engine's clock; loads that take no time are done at once.</summary>
    public Func<string, CancellationToken, Task> WhileLoading { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>What was loaded, in order.</summary>
    public IReadOnlyList<string> Loads
    {
        get
        {
            lock (_loads)
            {
                return [.. _loads];
            }
        }
    }

    /// <summary>What was unloaded, in order.</summary>
    public IReadOnlyList<string> Unloads
    {
        get
        {
            lock (_loads)
            {
                return [.. _unloads];
            }
        }
    }

    /// <summary>The most private bytes that sessions had at once.</summary>
    public long PeakBytes => Interlocked.Read(ref _peak);

    /// <summary>Private bytes that sessions have now.</summary>
    public long OpenBytes => Interlocked.Read(ref _open);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ModelRequest Request(string name, MemoryUse use, int priority = 0) =>
        new($"{name}:1", Digest.Of(global::System.Text.Encoding.UTF8.GetBytes(name)), load => LoadAsync(name, use, load), Timeout.InfiniteTimeSpan) { Priority = priority };

    public async Task<SharedModel> AcquireAsync(string name, long bytes, int priority = 0) =>
        (await Models.AcquireAsync(Request(name, new MemoryUse(bytes, 0, 0), priority), false, Cancellation)).Model;

    public async Task UseAsync(string name, long bytes, int runs = 1)
    {
        var model = await AcquireAsync(name, bytes);
        for (var i = 0; i < runs; i++)
        {
            using var run = await Models.EnterAsync(model, Cancellation);
        }

        await Models.ReleaseAsync(model, false);
    }

    public LoadedModelState? StateOf(string name) =>
        Models.Report().Models.SingleOrDefault(model => model.Reference.Name == name)?.State;

    /// <summary>Waits for what other threads do.</summary>
    public static async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            Cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public ValueTask DisposeAsync() => Models.DisposeAsync();

    private async Task<LoadedSession> LoadAsync(string name, MemoryUse use, SharedLoad load)
    {
        await load.ReserveAsync(use);
        await WhileLoading(name, load.Token);
        lock (_loads)
        {
            _loads.Add(name);
            _open += use.Private;
            _peak = Math.Max(_peak, _open);
        }

        return new LoadedSession(new Session(() => Close(name, use)), Device, new FakeHotModel(Digest.Of([]))) { Memory = use, IsMeasured = true };
    }

    private void Close(string name, MemoryUse use)
    {
        lock (_loads)
        {
            _open -= use.Private;
            _unloads.Add(name);
        }
    }

    private sealed class Session(Action close) : IModelSession, IGrowingSession
    {
        public Action<long>? Grown { get; set; }

        public ModelSignature Signature { get; } = new([], []);

        public ModelOutputs Run(IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken) => new([], []);

        public void Dispose() => close();
    }
}
