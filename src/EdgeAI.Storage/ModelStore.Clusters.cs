using EdgeAI.Storage.Clusters;
using EdgeAI.Storage.Clusters.Garbage;
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

    /// <inheritdoc/>
    public async ValueTask<ClusterCollectionReport> CollectClusterGarbageAsync(string? cluster = null, ClusterCollectionOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new ClusterCollectionOptions();
        Validate(options);
        var member = cluster is null ? _clusters.Members.Count > 0 ? _clusters.Members[0] : null : _clusters.Members.FirstOrDefault(member => member.Name == cluster);
        if (member is null)
        {
            throw new ArgumentException($"The store has no cluster '{cluster}'; it has {(_clusters.Members.Count == 0 ? "none" : string.Join(", ", _clusters.Members.Select(other => other.Name)))}.", nameof(cluster));
        }

        var report = await RunAsync(() => CollectAsync(member, options, cancellationToken), cancellationToken).ConfigureAwait(false);
        LogClusterCollected(_logger, report.Cluster, report.Deleted, report.BytesDeleted, report.Garbage);
        foreach (var problem in report.Problems)
        {
            LogProblem(_logger, report.Cluster, problem);
        }

        return report;
    }

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

    private async Task<ClusterCollectionReport> CollectAsync(ClusterMember member, ClusterCollectionOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return await new ClusterGarbageCollector(member.Name, Bound(member), _clusters, _time).RunAsync(options, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new ClusterUnavailableException([member.Name], "collect garbage", exception.Message, exception);
        }
    }

    private BoundedTier Bound(ClusterMember member) => new(member.Tier, ClusterReader.Patience * member.Cluster.SlowAfter, _time, _transfers);

    private List<ClusterSender> MakeSenders() =>
    [
        .. _clusters.Members.Select(member => new ClusterSender(
            member,
            _directory,
            _index,
            _epochs,
            () => new ClusterPublisher(
                Bound(member),
                _tier,
                _index,
                _manifests,
                _signatures,
                _clusters,
                _time),
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
