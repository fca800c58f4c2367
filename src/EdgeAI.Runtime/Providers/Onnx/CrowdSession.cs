namespace EdgeAI.Providers.Onnx;

/// <summary>
/// The session of one thread for runs with company: when there is a run for each processor, threads that share runs wait for each other while each run could have a processor to itself. It is made
/// behind such runs when there have been some; see readme.md beside this file. Thread-safe.
/// </summary>
/// <param name="make">Makes it; null when there is no room for it or it failed, and then it is not tried again.</param>
internal sealed class CrowdSession(Func<CancellationToken, Task<OnnxGraphSession?>> make) : IAsyncDisposable
{
    /// <summary>After how many runs with company it is worth making: two that meet by chance are none.</summary>
    public const int Runs = 8;

    private readonly CancellationTokenSource _ending = new();
    private OnnxGraphSession? _graph;
    private Task _making = Task.CompletedTask;
    private int _runs;

    /// <summary>Holds it for a run with company.</summary>
    /// <returns>Null while it is not there.</returns>
    public OnnxGraphSession? TryHold()
    {
        if (Volatile.Read(ref _graph) is { } graph)
        {
            return graph.TryHold() ? graph : null;
        }

        if (_runs < Runs && Interlocked.Increment(ref _runs) == Runs)
        {
            _making = Task.Run(MakeAsync);
        }

        return null;
    }

    /// <summary>Ends its making and waits for that and for its runs. No run begins any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await _making.ConfigureAwait(false);
        if (_graph is { } graph)
        {
            await graph.RetireAsync().ConfigureAwait(false);
        }

        _ending.Dispose();
    }

    private async Task MakeAsync() => Volatile.Write(ref _graph, await make(_ending.Token).ConfigureAwait(false));
}
