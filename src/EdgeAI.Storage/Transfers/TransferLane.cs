using EdgeAI.Storage.Telemetry;
using EdgeAI.Transfers;

namespace EdgeAI.Storage.Transfers;

/// <summary>
/// The transfers of one direction. The highest priority that goes on moves whenever the rate allows; each lower one moves within its credit, which grows by a share of what the higher ones
/// move, and freely when they have asked for nothing in a while. See the readme beside. Thread-safe.
/// </summary>
#pragma warning disable CA1001 // A semaphore whose wait handle nobody takes has nothing to dispose.
internal sealed class TransferLane
#pragma warning restore CA1001
{
    private const int Priorities = 3;

    // Each holds a connection that may have as much as its window on the way when it is told to wait.
    private const int BackgroundSlots = 2;

    // Who asks for nothing this long waits for something else than its turn: a slow server, a stalled disk.
    private static readonly TimeSpan Stalled = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly TokenBucket? _bucket;
    private readonly double _share;
    private readonly LinkedList<TransferRequest>[] _waiting = [.. Enumerable.Range(0, Priorities).Select(_ => new LinkedList<TransferRequest>())];
    private readonly int[] _active = new int[Priorities];
    private readonly long[] _moved = new long[Priorities];
    private readonly double[] _credit = new double[Priorities];
    private readonly SemaphoreSlim _slots = new(BackgroundSlots, BackgroundSlots);
    private readonly TransferTelemetry _telemetry;
    private bool _isPaused;

    public TransferLane(long? bytesPerSecond, double share, TimeProvider time, TransferTelemetry telemetry)
    {
        _time = time;
        _telemetry = telemetry;
        _share = share;
        _bucket = bytesPerSecond is { } rate ? new TokenBucket(rate, time) : null;
        _timer = time.CreateTimer(_ => Serve(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether no byte of a background transfer moves.</summary>
    public bool IsPaused
    {
        get
        {
            lock (_gate)
            {
                return _isPaused;
            }
        }

        set
        {
            lock (_gate)
            {
                _isPaused = value;
                Serve_NeedsLock();
            }
        }
    }

    public async ValueTask<ITransfer> BeginAsync(TransferPriority priority, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var transfer = new Transfer(this, priority);
        if (transfer.HasSlot)
        {
            await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        lock (_gate)
        {
            Enter_NeedsLock(priority);
        }

        return transfer;
    }

    public void End(Transfer transfer)
    {
        lock (_gate)
        {
            if (transfer.IsOver)
            {
                return;
            }

            transfer.IsOver = true;
            _active[(int)transfer.Priority]--;
        }

        if (transfer.HasSlot)
        {
            _slots.Release();
        }

        Serve();
    }

    public void Raise(Transfer transfer, TransferPriority priority)
    {
        lock (_gate)
        {
            if (transfer.IsOver || priority <= transfer.Priority)
            {
                return;
            }

            var old = (int)transfer.Priority;
            _active[old]--;
            transfer.SetPriority_NeedsLock(priority);
            Enter_NeedsLock(priority);
            for (var node = _waiting[old].First; node is not null;)
            {
                var next = node.Next;
                if (node.Value.Transfer == transfer)
                {
                    _waiting[old].Remove(node);
                    _waiting[(int)priority].AddLast(node);
                }

                node = next;
            }
        }

        Serve();
    }

    public ValueTask AcquireAsync(Transfer transfer, int bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var node = new LinkedListNode<TransferRequest>(new TransferRequest(transfer, bytes));
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(transfer.IsOver, transfer);
            _waiting[(int)transfer.Priority].AddLast(node);
            Serve_NeedsLock();
        }

        return node.Value.Task.IsCompletedSuccessfully || !cancellationToken.CanBeCanceled ? new ValueTask(node.Value.Task) : new ValueTask(WaitAsync(node, cancellationToken));
    }

    private async Task WaitAsync(LinkedListNode<TransferRequest> node, CancellationToken cancellationToken)
    {
        using var cancellation = cancellationToken.UnsafeRegister(_ => Cancel(node, cancellationToken), null);
        await node.Value.Task.ConfigureAwait(false);
    }

    private void Cancel(LinkedListNode<TransferRequest> node, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            // It is in no list when it has been granted meanwhile, and then it counts.
            if (node.List is null)
            {
                return;
            }

            node.List.Remove(node);
            Serve_NeedsLock();
        }

        node.Value.TrySetCanceled(cancellationToken);
    }

    private void Serve()
    {
        lock (_gate)
        {
            Serve_NeedsLock();
        }
    }

    // Grants what may move now, and comes back when more may.
    private void Serve_NeedsLock()
    {
        var again = Timeout.InfiniteTimeSpan;
        while (HasWaiting_NeedsLock())
        {
            var next = FindNext_NeedsLock(out var quiet);
            again = next is null ? quiet : _bucket?.Wait ?? TimeSpan.Zero;
            if (next is null || again > TimeSpan.Zero)
            {
                break;
            }

            next.List!.Remove(next);
            Grant_NeedsLock(next.Value);
            again = Timeout.InfiniteTimeSpan;
        }

        // Rounded up: a timer counts whole milliseconds, and one that came early would come for nothing.
        _timer.Change(again == Timeout.InfiniteTimeSpan ? again : TimeSpan.FromMilliseconds(Math.Ceiling(again.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
    }

    private bool HasWaiting_NeedsLock()
    {
        for (var priority = 0; priority < Priorities; priority++)
        {
            if (_waiting[priority].Count > 0 && !IsHeld_NeedsLock(priority))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsHeld_NeedsLock(int priority) => _isPaused && priority == (int)TransferPriority.Background;

    // Whose turn it is: who has saved up for a slice goes first, and then the highest that nobody above holds back. Null when all wait for those above, which count as stalled after a time.
    private LinkedListNode<TransferRequest>? FindNext_NeedsLock(out TimeSpan quiet)
    {
        quiet = Stalled;
        LinkedListNode<TransferRequest>? free = null;
        for (var priority = 0; priority < Priorities; priority++)
        {
            if (_waiting[priority].First is not { } node || IsHeld_NeedsLock(priority))
            {
                continue;
            }

            var wait = FindQuiet_NeedsLock(priority);
            if (wait == TimeSpan.Zero)
            {
                free = node;
            }
            else if (_credit[priority] >= Math.Min(node.Value.Bytes, ITransferScheduler.SliceSize))
            {
                return node;
            }
            else if (wait < quiet)
            {
                quiet = wait;
            }
        }

        return free;
    }

    // How long until those above count as stalled; zero when none goes on.
    private TimeSpan FindQuiet_NeedsLock(int priority)
    {
        var longest = TimeSpan.Zero;
        for (var above = priority + 1; above < Priorities; above++)
        {
            var left = _waiting[above].Count > 0 ? Stalled
                : _active[above] > 0 ? Stalled - _time.GetElapsedTime(_moved[above])
                : TimeSpan.Zero;
            longest = left > longest ? left : longest;
        }

        return longest;
    }

    private void Grant_NeedsLock(TransferRequest request)
    {
        var priority = (int)request.Transfer.Priority;
        _bucket?.Take(request.Bytes);
        _telemetry.Note(request.Transfer.Priority, request.Bytes);
        _credit[priority] = FindQuiet_NeedsLock(priority) > TimeSpan.Zero ? _credit[priority] - request.Bytes : 0;
        _moved[priority] = _time.GetTimestamp();
        for (var below = 0; below < priority; below++)
        {
            // What was not asked for is not saved up: a slice at most.
            _credit[below] = Math.Min(_credit[below] + (request.Bytes * _share), ITransferScheduler.SliceSize);
        }

        request.TrySetResult();
    }

    // Whoever begins counts as one who moves, though its first byte is still to come.
    private void Enter_NeedsLock(TransferPriority priority)
    {
        _active[(int)priority]++;
        _moved[(int)priority] = _time.GetTimestamp();
    }
}
