using Microsoft.ML.OnnxRuntime;

namespace EdgeAI.Providers.Onnx;

/// <summary>A session of ONNX Runtime and the mapping that its weights are in, held by its owner and by the runs in it. Thread-safe, without a lock.</summary>
/// <param name="session">The session; disposed with this.</param>
/// <param name="weights">The mapping; disposed after the session. Null when it has none, or ONNX Runtime maps the file itself.</param>
/// <param name="mappedBytes">How many bytes of files are mapped, by whom ever.</param>
/// <param name="readAhead">Reads the weights ahead of each run; null where memory holds them.</param>
internal sealed class OnnxGraphSession(InferenceSession session, MappedWeights? weights, long mappedBytes, WeightsReadAhead? readAhead)
{
    private readonly TaskCompletionSource _unused = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _users = 1;

    public InferenceSession Session => session;

    public long MappedBytes => mappedBytes;

    /// <summary>Holds it for a run.</summary>
    /// <returns>False when its owner and the last run have left it.</returns>
    public bool TryHold()
    {
        int users;
        do
        {
            users = Volatile.Read(ref _users);
            if (users == 0)
            {
                return false;
            }
        }
        while (Interlocked.CompareExchange(ref _users, users + 1, users) != users);
        readAhead?.Begin();
        return true;
    }

    /// <summary>Ends the run that held it.</summary>
    public void Release()
    {
        readAhead?.End();
        Leave();
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _unused.SetResult();
        }
    }

    /// <summary>The owner leaves: disposes it after its last run, on the caller's time and not on that run's.</summary>
    public async Task RetireAsync()
    {
        Leave();
        await _unused.Task.ConfigureAwait(false);
        session.Dispose();
        readAhead?.Dispose();
        weights?.Dispose();
    }
}
