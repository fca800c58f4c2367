using System.ComponentModel.DataAnnotations;
using EdgeAI.Storage.Codecs;
using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Maintenance;
using EdgeAI.Storage.Packs;

namespace EdgeAI.Storage;

public sealed partial class ModelStore
{
    /// <inheritdoc/>
    public async ValueTask<RepackReport> RepackAsync(RepackOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new RepackOptions();
        Validate(options);
        var report = await RunAsync(
            async () =>
            {
                await CodecSelfTest.RequireAsync().ConfigureAwait(false);
                using var exclusive = await FileLock.AcquireExclusiveAsync(_directory.MaintenanceLock, _wait, cancellationToken).ConfigureAwait(false);
                var repacker = new StoreRepacker(_directory, _index, _tier, _manifests, _chunks, _codecs, _epochs, _wait);
                return await repacker.RunAsync_NeedsLock(options, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        LogRepacked(_logger, report.PacksRewritten, report.PacksWritten, report.ChunksRebased);
        return report;
    }

    /// <inheritdoc/>
    public async ValueTask<MaintenanceReport> MaintainAsync(MaintenanceOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new MaintenanceOptions();
        Validate(options.Repack ?? new RepackOptions());
        Validate(options.Scrub ?? new ScrubOptions());
        Validate(options.Clusters ?? new ClusterCollectionOptions());
        var report = new MaintenanceReport(
            options.CollectGarbage ? await CollectGarbageAsync(cancellationToken).ConfigureAwait(false) : null,
            options.Repack is null ? null : await RepackAsync(options.Repack, cancellationToken).ConfigureAwait(false),
            options.Scrub is null ? null : await ScrubAsync(options.Scrub, cancellationToken).ConfigureAwait(false));
        if (options.Clusters is null)
        {
            return report;
        }

        var collected = new List<ClusterCollectionReport>();
        foreach (var member in _clusters.Members)
        {
            collected.Add(await CollectClusterGarbageAsync(member.Name, options.Clusters, cancellationToken).ConfigureAwait(false));
        }

        return report with { Clusters = collected };
    }

    private static void Validate(RepackOptions options)
    {
        if (!(options.MinLiveShare >= 0 && options.MinLiveShare <= 1)
            || options.MinPackLength is < 0 or > PackFormat.TargetLength
            || options.MaxChainDepth is < 0 or > ChunkBase.MaxReadDepth
            || options.MaxBytes <= 0)
        {
            throw new ValidationException(
                $"MinLiveShare is {options.MinLiveShare}, MinPackLength {options.MinPackLength}, MaxChainDepth {options.MaxChainDepth}, MaxBytes {options.MaxBytes}; "
                + $"they must be 0 to 1, 0 to {PackFormat.TargetLength}, 0 to {ChunkBase.MaxReadDepth}, and above 0.");
        }
    }

    private static void Validate(ClusterCollectionOptions options)
    {
        if (options.Retention < TimeSpan.Zero)
        {
            throw new ValidationException($"Retention is {options.Retention}; it must be zero or more.");
        }
    }

    private static void Validate(ScrubOptions options)
    {
        if (!(options.Share > 0 && options.Share <= 1) || options.MaxBytes <= 0 || options.BytesPerSecond <= 0)
        {
            throw new ValidationException(
                $"Share is {options.Share}, MaxBytes {options.MaxBytes}, BytesPerSecond {options.BytesPerSecond}; Share must be above 0 and at most 1, the others above 0.");
        }
    }
}
