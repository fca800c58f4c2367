using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;
using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Sources;
using EdgeAI.Storage.Clusters;
using EdgeAI.Storage.Codecs;
using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Indexing;
using EdgeAI.Storage.Maintenance;
using EdgeAI.Storage.Manifests;
using EdgeAI.Storage.Materializing;
using EdgeAI.Storage.Names;
using EdgeAI.Storage.Placement;
using EdgeAI.Storage.Reading;
using EdgeAI.Storage.Sources;
using EdgeAI.Storage.Telemetry;
using EdgeAI.Storage.Tiers;
using EdgeAI.Storage.Transfers;
using EdgeAI.Storage.Trust;
using EdgeAI.Transfers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeAI.Storage;

/// <summary>The model store on local disks.</summary>
/// <remarks>
/// Thread-safe; several instances and processes may use one directory at once. It holds nothing open between calls, but while it sends to clusters; dispose it to end that. The directory is made at
/// the first call.
/// </remarks>
public sealed partial class ModelStore : IModelStore
{
    private readonly StoreDirectory _directory;
    private readonly IndexFiles _indexFiles;
    private readonly StoreIndex _index;
    private readonly TiersOptions _tiers;
    private readonly TierMarkers _markers;
    private readonly LocalObjects _tier;
    private readonly ChunkCodecs _codecs;
    private readonly ManifestStore _manifests;
    private readonly NameStore _names;
    private readonly ChunkReader _chunks;
    private readonly CachedChunks _readChunks;
    private readonly CachedChunks _pullChunks;
    private readonly HotModels _hot;
    private readonly StoreEpochs _epochs;
    private readonly LockWait _wait;
    private readonly SourceOpener _sources;
    private readonly StorageTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    private ModelStore(
        string directory,
        StorageOptions options,
        TimeProvider time,
        ILogger logger,
        ITransferScheduler transfers,
        IEnumerable<IModelSourceScheme> schemes,
        IReadOnlyList<StorageCluster> clusters,
        Meter? meter)
    {
        _telemetry = StorageTelemetry.Create(meter, time);
        _tiers = options.Tiers;
        _directory = new StoreDirectory(directory, _tiers);
        _markers = new TierMarkers(_directory.Root, [.. new[] { _directory.WarmTier, _directory.ColdTier }.OfType<string>()], _directory.HotTier);
        _indexFiles = new IndexFiles(_directory.Root);
        _index = new StoreIndex(_indexFiles.FindCurrent);
        _tier = new LocalObjects(_directory, _markers) { Telemetry = _telemetry.Tiers };
        _codecs = new ChunkCodecs(options.CompressionLevel);
        _manifests = new ManifestStore(_tier);
        _names = new NameStore(_tier);
        _signatures = new SignatureStore(_tier);
        _trust = new TrustPolicy(options);
        _chunks = new ChunkReader(_index, _tier, comparesNames: options.RequireSignature);
        Cache = new ChunkCache(options.CacheLimit is { } limit ? ByteSize.Parse(limit).Bytes : ChunkCache.ChooseLimit());
        _readChunks = new CachedChunks(Cache, _chunks, new ChunkReader(_index, _tier, comparesNames: options.RequireSignature, Cache), isPull: false);
        _pullChunks = new CachedChunks(Cache, _chunks, _chunks, isPull: true);
        _wait = new LockWait(time, options.LockTimeout);
        _epochs = new StoreEpochs(_directory, _wait);
        _hot = new HotModels(_directory, _manifests, _chunks, _wait, options.VerifyHotFilesOnLoad, logger, shares: !options.RequireSignature, MakeRoomAsync);
        _uses = new UseLog(_directory.Uses, _directory.UsesLock);
        _pins = new PinStore(_tier);
        _pinned = new PinnedModels(_pins, _index);
        _warmPolicy = _tiers.Warm.Capacity is { } warm ? new LearnedPolicy(_uses, ByteSize.Parse(warm).Bytes) : null;
        _hotRoom = _tiers.Hot.Capacity is { } hot ? new HotRoom(_hot, _pinned, new LearnedPolicy(_uses, ByteSize.Parse(hot).Bytes), ByteSize.Parse(hot).Bytes, logger) : null;
        _sources = new SourceOpener(_directory, options.Sources, schemes, transfers, _wait);
        _time = time;
        _logger = logger;
        _pullsOnUse = options.PullOnUse;
        _clusters = new ClusterReader([.. clusters.Select(cluster => new ClusterMember(cluster, new ClusterCircuit(time)))], time, logger, telemetry: _telemetry, order: _clusterOrder);
        _transfers = transfers;
        _senders = MakeSenders();
        if (meter is not null && clusters.Count > 0)
        {
            _ = new OutboxTelemetry(meter, LookIntoOutbox, time);
        }
    }

    /// <summary>Decoded content in memory.</summary>
    internal ChunkCache Cache { get; }

    /// <summary>What lays model files out for mapping, for execution providers.</summary>
    public static IHotFileLayout Layout { get; } = new HotFileLayout();

    /// <summary>The store's objects (packs, manifests, names, signatures) on all of its tiers, to read from, as another node does that has this store as a tier. Only the store itself writes them.</summary>
    public IStorageTier Objects => _tier;

    /// <summary>Opens the store in a directory, which is made when it is not there.</summary>
    /// <param name="directory">The directory; it should have nothing else in it.</param>
    /// <param name="options">How models are kept; null for the defaults.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="logger">Told what the store does; null for nobody.</param>
    /// <param name="transfers">Whom to ask before bytes come from or go to other machines; null for one of the store's own.</param>
    /// <param name="schemes">Who opens the addresses of further sources; null for the built-in ones alone.</param>
    /// <param name="clusters">The clusters behind the store, the primary first; null for none.</param>
    /// <param name="meter">
    /// Where the store's instruments are made, best of the name <see cref="EdgeAI.Telemetry.EdgeAITelemetry.MeterName"/>; null for one that all stores without a meter share, and that tells nothing of outboxes. It
    /// stays the caller's to dispose.
    /// </param>
    /// <exception cref="ValidationException">An option is out of its range, or two clusters have one name.</exception>
    public static ModelStore Open(
        string directory,
        StorageOptions? options = null,
        TimeProvider? time = null,
        ILogger<ModelStore>? logger = null,
        ITransferScheduler? transfers = null,
        IEnumerable<IModelSourceScheme>? schemes = null,
        IReadOnlyList<StorageCluster>? clusters = null,
        Meter? meter = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        options ??= new StorageOptions();
        if (options.CompressionLevel is < 1 or > 19)
        {
            throw new ValidationException($"CompressionLevel is {options.CompressionLevel}; it must be 1 to 19.");
        }

        if (options.LockTimeout <= TimeSpan.Zero)
        {
            throw new ValidationException($"LockTimeout is {options.LockTimeout}; it must be more than zero.");
        }

        if (((IValidatableObject)options).Validate(new ValidationContext(options, nameof(StorageOptions), null, null)).FirstOrDefault() is { } problem)
        {
            throw new ValidationException(problem, null, options);
        }

        if (((IValidatableObject)options.Tiers).Validate(new ValidationContext(options.Tiers, nameof(TiersOptions), null, null)).FirstOrDefault() is { } misplaced)
        {
            throw new ValidationException(misplaced, null, options);
        }

        clusters ??= [];
        if (clusters.GroupBy(cluster => cluster.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new ValidationException($"There are {twice.Count()} clusters of the name '{twice.Key}'; give each a name of its own.");
        }

        if (clusters.FirstOrDefault(cluster => cluster.SlowAfter <= TimeSpan.Zero) is { } hasty)
        {
            throw new ValidationException($"SlowAfter of the cluster '{hasty.Name}' is {hasty.SlowAfter}; it must be more than zero.");
        }

        time ??= TimeProvider.System;
        transfers ??= new TransferScheduler(options.Bandwidth, time, meter);
        return new ModelStore(directory, options, time, logger ?? NullLogger<ModelStore>.Instance, transfers, schemes ?? [], clusters, meter);
    }

    /// <summary>Runs an operation off the caller's thread, and gives the disk's failures their names.</summary>
    private async Task<T> RunAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(
                async () =>
                {
                    await EnsureOpenAsync(cancellationToken).ConfigureAwait(false);
                    return await operation().ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (cancellationToken.IsCancellationRequested && exception.CancellationToken != cancellationToken)
        {
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
        catch (Exception exception) when (StorageErrors.TryTranslate(exception, _directory.Root, out var translated))
        {
            // The next call looks at the whole index, and makes it anew.
            _isOpen &= translated is not IndexDamagedException;
            throw translated;
        }
    }

    /// <summary>Runs an operation that counts on what it finds: nothing of that is deleted before it ends.</summary>
    private Task<T> RunInEpochAsync<T>(Func<EpochLease, Task<T>> operation, CancellationToken cancellationToken) => RunAsync(
        async () =>
        {
            using var epoch = await _epochs.EnterAsync(cancellationToken).ConfigureAwait(false);
            return await operation(epoch).ConfigureAwait(false);
        },
        cancellationToken);

    private ModelInfo Require(ModelReference model) => _index.FindModel(model)
        ?? throw NotFound(model);

    private ModelNotFoundException NotFound(ModelReference model) => new(model, [.. _index.ListModels().Take(8).Select(known => known.Reference.ToString())]);

    private static void RequireTag(ModelReference model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Tag is null)
        {
            throw new ArgumentException($"'{model}' is one version; give a name and a tag, such as '{model.Name}:{ModelReference.DefaultTag}'.", nameof(model));
        }
    }
}
