namespace EdgeAI.Storage.Clusters;

/// <summary>
/// Says when a cluster is left alone. Closed, it is asked; after a few failures in a row it is open, and not asked for a while, which doubles when that happens again soon;
/// then one request at a time tries it, and only several successes in a row close it, so that a cluster that comes and goes is not gone to and fro with. See the readme. Thread-safe.
/// </summary>
internal sealed class ClusterCircuit(TimeProvider time)
{
    private const int FailuresToOpen = 3;
    private const int SuccessesToClose = 3;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(1);

    // One that was well for so long begins anew.
    private static readonly TimeSpan Calm = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private TimeSpan _pause;
    private long _since = time.GetTimestamp();
    private bool _isOpen;
    private bool _isProbed;
    private int _row;

    /// <summary>Whether a request may be made now; a look that takes nothing.</summary>
    public bool IsUsable
    {
        get
        {
            lock (_lock)
            {
                return !_isOpen || MayProbe_NeedsLock();
            }
        }
    }

    /// <summary>Asks whether to make a request; who is let in says how it ended by <see cref="Leave"/>.</summary>
    public bool TryEnter(out bool isProbe)
    {
        lock (_lock)
        {
            isProbe = _isOpen && MayProbe_NeedsLock();
            _isProbed |= isProbe;
            return !_isOpen || isProbe;
        }
    }

    /// <summary>Says how a request ended.</summary>
    /// <param name="isProbe">What <see cref="TryEnter"/> said.</param>
    /// <param name="isWell">Whether the cluster answered; null when the caller gave up.</param>
    public void Leave(bool isProbe, bool? isWell)
    {
        lock (_lock)
        {
            _isProbed &= !isProbe;

            // What was asked before it was left alone says nothing new.
            if (isWell is not { } well || _isOpen != isProbe)
            {
                return;
            }

            if (well == isProbe)
            {
                // Two rows count: successes of probes, failures of plain requests.
                if (++_row >= (isProbe ? SuccessesToClose : FailuresToOpen))
                {
                    Turn_NeedsLock(isOpen: !isProbe);
                }
            }
            else
            {
                _row = 0;
                if (isProbe)
                {
                    Turn_NeedsLock(isOpen: true);
                }
            }
        }
    }

    private void Turn_NeedsLock(bool isOpen)
    {
        if (isOpen)
        {
            var goesOn = _isOpen || time.GetElapsedTime(_since) < Calm;
            _pause = goesOn && _pause > TimeSpan.Zero ? TimeSpan.FromTicks(Math.Min(2 * _pause.Ticks, MaxPause.Ticks)) : FirstPause;
        }

        (_isOpen, _row, _since) = (isOpen, 0, time.GetTimestamp());
    }

    private bool MayProbe_NeedsLock() => !_isProbed && time.GetElapsedTime(_since) >= _pause;
}
