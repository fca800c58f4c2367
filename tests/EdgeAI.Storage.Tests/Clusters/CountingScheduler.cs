using EdgeAI.Configuration;
using EdgeAI.Storage.Transfers;
using EdgeAI.Transfers;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Storage.Tests.Clusters;

/// <summary>A scheduler whose clock stands still, so that nobody ever counts as stalled: who matters less waits until who matters more has ended. It counts what it grants.</summary>
internal sealed class CountingScheduler : ITransferScheduler
{
    private readonly TransferScheduler _scheduler = new(new BandwidthOptions { GuaranteedShare = 0 }, new FakeTimeProvider());
    private readonly Lock _gate = new();
    private readonly Dictionary<(TransferDirection, TransferPriority), long> _granted = [];
    private readonly Dictionary<(TransferDirection, TransferPriority), TaskCompletionSource> _held = [];

    /// <summary>Bytes that were granted.</summary>
    public long Granted(TransferDirection direction, TransferPriority priority)
    {
        lock (_gate)
        {
            return _granted.GetValueOrDefault((direction, priority));
        }
    }

    /// <summary>Waits until somebody asks and is told to wait.</summary>
    public Task WaitForHeldAsync(TransferDirection direction, TransferPriority priority) => HeldOf(direction, priority).Task.WaitAsync(TestContext.Current.CancellationToken);

    public async ValueTask<ITransfer> BeginAsync(TransferDirection direction, TransferPriority priority, CancellationToken cancellationToken = default) =>
        new Counted(this, direction, await _scheduler.BeginAsync(direction, priority, cancellationToken));

    private TaskCompletionSource HeldOf(TransferDirection direction, TransferPriority priority)
    {
        lock (_gate)
        {
            return _held.TryGetValue((direction, priority), out var held) ? held : _held[(direction, priority)] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private sealed class Counted(CountingScheduler scheduler, TransferDirection direction, ITransfer transfer) : ITransfer
    {
        public TransferPriority Priority => transfer.Priority;

        public async ValueTask AcquireAsync(int bytes, CancellationToken cancellationToken = default)
        {
            var asked = transfer.AcquireAsync(bytes, cancellationToken);
            if (!asked.IsCompleted)
            {
                scheduler.HeldOf(direction, Priority).TrySetResult();
            }

            await asked;
            lock (scheduler._gate)
            {
                scheduler._granted[(direction, Priority)] = scheduler._granted.GetValueOrDefault((direction, Priority)) + bytes;
            }
        }

        public void Raise(TransferPriority priority) => transfer.Raise(priority);

        public void Dispose() => transfer.Dispose();
    }
}
