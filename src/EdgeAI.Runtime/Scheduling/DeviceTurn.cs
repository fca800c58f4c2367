using EdgeAI.Loading;
using EdgeAI.Models;
using EdgeAI.Providers;

namespace EdgeAI.Scheduling;

/// <summary>
/// One run's place on a device, and its hold on the session. It ends once, when the run is really over: a run that its caller has left keeps both, so that nobody takes the memory from under native code.
/// </summary>
internal sealed class DeviceTurn(DeviceLane lane, Digest model, TimeProvider time)
{
    private const int Waited = 0;
    private const int Left = 1;
    private const int Over = 2;

    private RunScope? _run;
    private long _started;
    private int _state;

    public DeviceLane Lane => lane;

    public IModelSession Session => _run!.Value.Session;

    /// <summary>How long the run took; zero before its end.</summary>
    public TimeSpan Duration { get; private set; }

    public void Begin(RunScope run)
    {
        _run = run;
        _started = time.GetTimestamp();
    }

    /// <summary>The caller leaves a run that hangs; the device counts as hung until its end.</summary>
    /// <returns>False when it has ended meanwhile.</returns>
    public bool TryLeave()
    {
        if (Interlocked.CompareExchange(ref _state, Left, Waited) != Waited)
        {
            return false;
        }

        lane.NoteHung(1);
        return true;
    }

    public void End()
    {
        Duration = _run is null ? TimeSpan.Zero : time.GetElapsedTime(_started);
        var wasLeft = Interlocked.Exchange(ref _state, Over) == Left;
        try
        {
            _run?.Dispose();
        }
        finally
        {
            lane.Queue.Exit(model, Duration);

            // Last: whoever sees the device usable again finds everything given back.
            if (wasLeft)
            {
                lane.NoteHung(-1);
            }
        }
    }
}
