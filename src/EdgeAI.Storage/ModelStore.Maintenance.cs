using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Maintenance;

namespace EdgeAI.Storage;

public sealed partial class ModelStore
{
    /// <inheritdoc/>
    public async ValueTask<GarbageCollectionReport> CollectGarbageAsync(CancellationToken cancellationToken = default)
    {
        var report = await RunAsync(
            async () =>
            {
                using var exclusive = await FileLock.AcquireExclusiveAsync(_directory.MaintenanceLock, _wait, cancellationToken).ConfigureAwait(false);
                using (await FileLock.AcquireExclusiveAsync(_directory.CommitLock, _wait, cancellationToken).ConfigureAwait(false))
                {
                    await HealNamesAsync_NeedsLock(cancellationToken).ConfigureAwait(false);
                }

                ClearIncoming();
                var collector = new GarbageCollector(_directory, _index, _tier, _manifests, _names, _hot, _epochs, OutgoingChange(), _wait);
                return await collector.RunAsync_NeedsLock(cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        BeginSending();
        LogCollected(_logger, report.BytesFreed);
        return report;
    }

    /// <inheritdoc/>
    public async ValueTask<StorageUsage> GetUsageAsync(CancellationToken cancellationToken = default)
    {
        var reporter = new UsageReporter(_directory, _index, _tier, _manifests);
        return await RunInEpochAsync(_ => reporter.RunAsync(cancellationToken).AsTask(), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<VerificationReport> VerifyAsync(CancellationToken cancellationToken = default)
    {
        var verifier = new StoreVerifier(_index, _tier, _manifests, _chunks, _hot);
        var report = await RunInEpochAsync(
            async _ =>
            {
                var found = await verifier.RunAsync(cancellationToken).ConfigureAwait(false);
                var names = await FindNameProblemsAsync(cancellationToken).ConfigureAwait(false);
                var signatures = await FindSignatureProblemsAsync(cancellationToken).ConfigureAwait(false);
                return found with { Problems = [.. found.Problems, .. names, .. signatures] };
            },
            cancellationToken).ConfigureAwait(false);
        return Log(report);
    }

    /// <inheritdoc/>
    public async ValueTask<VerificationReport> ScrubAsync(ScrubOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new ScrubOptions();
        Validate(options);
        var scrubber = new StoreScrubber(_index, _tier, _manifests, _chunks, _epochs, _time);
        return Log(await RunAsync(() => scrubber.RunAsync(options, cancellationToken).AsTask(), cancellationToken).ConfigureAwait(false));
    }

    private VerificationReport Log(VerificationReport report)
    {
        foreach (var problem in report.Problems)
        {
            LogProblem(_logger, problem.Location, problem.Description);
        }

        return report;
    }
}
