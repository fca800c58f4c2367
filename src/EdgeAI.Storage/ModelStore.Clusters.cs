using EdgeAI.Storage.Clusters;
using EdgeAI.Storage.Indexing;
using EdgeAI.Transfers;

namespace EdgeAI.Storage;

public sealed partial class ModelStore : IDisposable, IAsyncDisposable
{
    private static readonly TimeSpan FlushInterval = TimeSpan.FromMilliseconds(20);

    private readonly ClusterOrder _clusterOrder = new();
    private readonly ClusterReader _clusters;
    private readonly List<ClusterSender> _senders;
    private readonly ITransferScheduler _transfers;

    /// <inheritdoc/>
    public async ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_senders.Count == 0)
        {
            return;
        }

        await RunAsync(
            async () =>
            {
                _index.AskOutbox();
                var before = ListBacklog();
                BeginSending();
                while (true)
                {
                    var now = ListBacklog().Where(entry => before.Exists(asked => asked.Id == entry.Id)).ToList();
                    if (now.TrueForAll(entry => HasFailed(entry, before)))
                    {
                        Throw([.. now.Select(FailureOf)]);
                        return true;
                    }

                    await Task.Delay(FlushInterval, _time, cancellationToken).ConfigureAwait(false);
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<StorageBacklog> GetBacklogAsync(CancellationToken cancellationToken = default) => await RunAsync(
        () => Task.FromResult(new StorageBacklog([.. _index.ListOutbox().Select(entry => entry.State)])),
        cancellationToken).ConfigureAwait(false);

    /// <summary>Stops sending to clusters, without waiting for that. What is not sent yet is sent when the store is opened again.</summary>
    public void Dispose()
    {
        foreach (var sender in _senders)
        {
            sender.Stop();
        }
    }

    /// <summary>Stops sending to clusters. What is not sent yet is sent when the store is opened again.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var sender in _senders)
        {
            await sender.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static bool HasFailed(OutboxEntry entry, List<OutboxEntry> before) =>
        entry.State.Conflict is not null || before.Exists(asked => asked.Id == entry.Id && asked.Asked <= entry.Answered);

    private static void Throw(IReadOnlyList<Exception> failures)
    {
        if (failures.Count == 1)
        {
            throw failures[0];
        }

        if (failures.Count > 1)
        {
            throw new AggregateException("Several models could not be sent to their clusters.", failures);
        }
    }

    // Of clusters that the store has no more nobody sends anything.
    private List<OutboxEntry> ListBacklog() => [.. _index.ListOutbox().Where(entry => _clusters.Members.Any(member => member.Name == entry.State.Cluster))];

    private Exception FailureOf(OutboxEntry entry)
    {
        var (cluster, model) = (entry.State.Cluster, entry.Model.Reference);
        if (entry.State.Conflict is { } theirs)
        {
            return new TagConflictException(model, cluster, entry.Model.Digest, theirs);
        }

        var failure = _senders.Select(sender => sender.FindFailure(entry.Id)).FirstOrDefault(found => found is not null);
        return failure as EdgeAIException ?? new ClusterUnavailableException([cluster], $"send '{model}'", entry.State.LastError ?? "it failed", failure);
    }

    private ClusterChange OutgoingChange() => new([.. _clusters.Members.Select(member => member.Name)], null, NowInMilliseconds());

    private void BeginSending()
    {
        foreach (var sender in _senders)
        {
            sender.Begin();
        }
    }

    private List<ClusterSender> MakeSenders() =>
    [
        .. _clusters.Members.Select(member => new ClusterSender(
            member,
            _directory,
            _index,
            _epochs,
            () => new ClusterPublisher(
                new BoundedTier(member.Tier, ClusterReader.Patience * member.Cluster.SlowAfter, _time, _transfers),
                _tier,
                _index,
                _manifests,
                _signatures,
                _clusters),
            _time,
            _logger,
            _telemetry)),
    ];

    // A new index has what the old one knew of clusters; where that can't be read, everything is compared with the clusters again.
    private void CopyOutboxTo(StoreIndex index)
    {
        if (_indexFiles.FindCurrent() is { } current && _index.FindProblem() is null)
        {
            index.CopyOutbox(current);
            index.EnterOutbox(index.ListModels().Except(_index.ListModels()), OutgoingChange());
        }
        else
        {
            index.EnterOutbox(index.ListModels(), OutgoingChange());
        }
    }
}
