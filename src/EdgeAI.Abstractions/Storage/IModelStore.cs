using EdgeAI.Models;
using EdgeAI.Trust;

namespace EdgeAI.Storage;

/// <summary>Keeps models: content-addressed, deduplicated, compressed, verified on every way out.</summary>
/// <remarks>
/// Thread-safe, and safe to open from several processes on one directory. Every operation is all or nothing: after a failure, a
/// cancellation or a crash the store is as it was before, and trying again works.
/// </remarks>
public interface IModelStore
{
    /// <summary>Brings a model into the store and gives it a name. What the store has already is neither compressed nor written again.</summary>
    /// <param name="model">The name to give, by tag.</param>
    /// <param name="source">Where the model comes from.</param>
    /// <param name="progress">Told how far the import is, or null.</param>
    /// <param name="cancellationToken">Cancels the import; the store is left as it was.</param>
    /// <exception cref="ArgumentException"><paramref name="model"/> is by digest.</exception>
    /// <exception cref="InvalidModelException">The source is not a model, is cut short, or is damaged.</exception>
    /// <exception cref="ModelFileNotFoundException">The model file, or one that it refers to, is not there.</exception>
    /// <exception cref="CodecFailedException">A codec failed its self-test on this machine; nothing was written.</exception>
    /// <exception cref="StorageFullException">The disk is full.</exception>
    /// <exception cref="StorageAccessDeniedException">The store's directory may not be written.</exception>
    ValueTask<ImportResult> ImportAsync(
        ModelReference model,
        ModelSource source,
        IProgress<ImportProgress>? progress = null,
        CancellationToken cancellationToken = default);

    /// <summary>Looks a model up; null when the store has none under that reference.</summary>
    /// <param name="model">The reference.</param>
    /// <param name="cancellationToken">Cancels the look-up.</param>
    ValueTask<ModelInfo?> FindAsync(ModelReference model, CancellationToken cancellationToken = default);

    /// <summary>All models, by name and tag.</summary>
    /// <param name="cancellationToken">Cancels the listing.</param>
    ValueTask<IReadOnlyList<ModelInfo>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>What a model is made of.</summary>
    /// <param name="model">The reference.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="ModelNotFoundException">The store has no such model.</exception>
    /// <exception cref="ContentCorruptedException">The stored manifest is damaged.</exception>
    ValueTask<ModelManifest> InspectAsync(ModelReference model, CancellationToken cancellationToken = default);

    /// <summary>Opens a file of a model for reading, exactly as it was imported; every byte is verified before it is returned.</summary>
    /// <param name="model">The reference.</param>
    /// <param name="path">The file's path in the manifest; null for the model file.</param>
    /// <param name="cancellationToken">Cancels the opening.</param>
    /// <returns>A stream that can seek; the caller disposes it. Reads throw <see cref="ContentCorruptedException"/> where content is damaged.</returns>
    /// <exception cref="ModelNotFoundException">The store has no such model.</exception>
    /// <exception cref="ModelFileNotFoundException">The model has no such file.</exception>
    /// <exception cref="ModelNotTrustedException">The store requires signatures, and the model has none that counts.</exception>
    ValueTask<Stream> OpenAsync(ModelReference model, string? path = null, CancellationToken cancellationToken = default);

    /// <summary>Writes a model's files into a folder, exactly as they were imported.</summary>
    /// <param name="model">The reference.</param>
    /// <param name="directory">The folder; made when it is not there. Files of the same names in it are replaced.</param>
    /// <param name="cancellationToken">Cancels the writing; no file is left half written.</param>
    /// <exception cref="ModelNotFoundException">The store has no such model.</exception>
    /// <exception cref="ContentCorruptedException">The stored content is damaged.</exception>
    /// <exception cref="ModelNotTrustedException">The store requires signatures, and the model has none that counts.</exception>
    ValueTask ExportAsync(ModelReference model, string directory, CancellationToken cancellationToken = default);

    /// <summary>Signs a model: whoever trusts the key then knows that it is this model, to the last bit. The signature goes with it into archives. A second signature by the same key takes the first one's place.</summary>
    /// <param name="model">The reference.</param>
    /// <param name="signer">The key.</param>
    /// <param name="cancellationToken">Cancels the signing; nothing is kept.</param>
    /// <exception cref="ModelNotFoundException">The store has no such model.</exception>
    /// <exception cref="ContentCorruptedException">The stored manifest is damaged.</exception>
    /// <exception cref="ModelSigningException">The signer gave a signature that its own public key refuses.</exception>
    ValueTask<ManifestSignature> SignAsync(ModelReference model, IModelSigner signer, CancellationToken cancellationToken = default);

    /// <summary>Who signed a model, and whether the signatures are right.</summary>
    /// <param name="model">The reference.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The signatures by key id, wrong ones with what is wrong; empty when there are none.</returns>
    /// <exception cref="ModelNotFoundException">The store has no such model.</exception>
    ValueTask<IReadOnlyList<ManifestSignature>> ListSignaturesAsync(ModelReference model, CancellationToken cancellationToken = default);

    /// <summary>Lays a model out on the hot tier, ready to map, if it is not there yet, and keeps it there until the result is disposed.</summary>
    /// <param name="model">The reference.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <exception cref="ModelNotFoundException">The store has no such model.</exception>
    /// <exception cref="ContentCorruptedException">The stored content is damaged.</exception>
    /// <exception cref="StorageFullException">The disk is full.</exception>
    /// <exception cref="ModelNotTrustedException">The store requires signatures, and the model has none that counts.</exception>
    ValueTask<IHotModel> MaterializeAsync(ModelReference model, CancellationToken cancellationToken = default);

    /// <summary>Says which bytes must move, so that a node which has some versions gets another. Nothing is moved.</summary>
    /// <param name="have">The digests of the manifests that the node has; those that this store does not know count for nothing.</param>
    /// <param name="want">The model that it is to have.</param>
    /// <param name="cancellationToken">Cancels the planning.</param>
    /// <exception cref="ModelNotFoundException">The store has no such model.</exception>
    ValueTask<UpdatePlan> PlanUpdateAsync(IReadOnlyCollection<Digest> have, ModelReference want, CancellationToken cancellationToken = default);

    /// <summary>Writes a model as one file, to be carried to another store (by convention <c>.edgeai</c>).</summary>
    /// <param name="model">The reference.</param>
    /// <param name="destination">Where to write; it stays the caller's to dispose.</param>
    /// <param name="have">The digests of manifests that the other store has: what they hold is left out. Null or empty for a complete archive.</param>
    /// <param name="cancellationToken">Cancels the writing; what was written is then no archive.</param>
    /// <exception cref="ModelNotFoundException">The store has no such model.</exception>
    /// <exception cref="ContentCorruptedException">The stored content is damaged.</exception>
    /// <exception cref="ModelNotTrustedException">The store requires signatures, and the model has none that counts.</exception>
    ValueTask ExportArchiveAsync(
        ModelReference model,
        Stream destination,
        IReadOnlyCollection<Digest>? have = null,
        CancellationToken cancellationToken = default);

    /// <summary>Brings a model in from an archive; every byte is verified first.</summary>
    /// <param name="source">The archive, read from where it stands to its end; it stays the caller's to dispose.</param>
    /// <param name="model">The name to give, by tag; null for the name that it was exported under.</param>
    /// <param name="cancellationToken">Cancels the import; the store is left as it was.</param>
    /// <exception cref="InvalidArchiveException">It is no archive, is damaged, or leaves out what this store does not have either.</exception>
    /// <exception cref="StorageFullException">The disk is full.</exception>
    /// <exception cref="ModelNotTrustedException">The store requires signatures, and the model has none that counts.</exception>
    ValueTask<ImportResult> ImportArchiveAsync(Stream source, ModelReference? model = null, CancellationToken cancellationToken = default);

    /// <summary>Takes a name away. The content goes with the next <see cref="CollectGarbageAsync"/>, unless another name has it too.</summary>
    /// <param name="model">The reference, by tag.</param>
    /// <param name="cancellationToken">Cancels the removal.</param>
    /// <returns>False when there was no such name.</returns>
    /// <exception cref="ArgumentException"><paramref name="model"/> is by digest.</exception>
    ValueTask<bool> RemoveAsync(ModelReference model, CancellationToken cancellationToken = default);

    /// <summary>
    /// Gives back the space of content that no name refers to, beside whatever else goes on. What an operation in progress may still use stays, to be
    /// taken by a later collection, as do hot models in use. Waits only for another collection.
    /// </summary>
    /// <param name="cancellationToken">Cancels the collection; what is done by then stays done.</param>
    ValueTask<GarbageCollectionReport> CollectGarbageAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Makes the index anew from packs, manifests and names alone, and puts it in the old one's place; other processes go over to it at their next call. A store whose index
    /// is missing or damaged does so by itself at its first call. Reads all packs; waits for imports in progress.
    /// </summary>
    /// <param name="cancellationToken">Cancels the rebuild; the old index stays.</param>
    /// <returns>What was entered, and what was damaged or missing: damage is reported, not thrown.</returns>
    /// <exception cref="StorageFullException">The disk is full; the old index stays.</exception>
    ValueTask<IndexRebuildReport> RebuildIndexAsync(CancellationToken cancellationToken = default);

    /// <summary>Says what the store holds, what that takes on disk, and for whom.</summary>
    /// <param name="cancellationToken">Cancels the counting.</param>
    /// <exception cref="ContentCorruptedException">A stored manifest is damaged: what its model needs is not known.</exception>
    ValueTask<StorageUsage> GetUsageAsync(CancellationToken cancellationToken = default);

    /// <summary>Reads all content back and compares it with its names.</summary>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>What was found; damage is reported, not thrown.</returns>
    ValueTask<VerificationReport> VerifyAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Writes packs anew that are mostly garbage, that are small, or whose chunks are at the end of long chains of differences, in the order in which models are loaded. Beside
    /// readers and writers; needs room for one pack (64 MiB) at a time.
    /// </summary>
    /// <param name="options">What is written anew; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the repack; what is done by then stays done.</param>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is out of its range.</exception>
    /// <exception cref="StorageFullException">The disk is full.</exception>
    ValueTask<RepackReport> RepackAsync(RepackOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Does what keeps a store small, fast and sound, in one call: <see cref="CollectGarbageAsync"/>, <see cref="RepackAsync"/>, <see cref="ScrubAsync"/>.</summary>
    /// <param name="options">What is done; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the maintenance; what is done by then stays done.</param>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is out of its range.</exception>
    ValueTask<MaintenanceReport> MaintainAsync(MaintenanceOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Reads everything back and writes what is damaged anew, with what another copy has. What is whole is kept; what the copy lacks too is quarantined: the
    /// damaged pack is moved to the folder <c>quarantine</c>, and models that need it throw <see cref="ModelQuarantinedException"/> until they are imported again. Beside readers and writers.
    /// </summary>
    /// <param name="copy">Another place with the same content, in whatever packs, such as another store's objects; null for none: then damage is quarantined.</param>
    /// <param name="cancellationToken">Cancels the repair; what is done by then stays done.</param>
    ValueTask<RepairReport> RepairAsync(IStorageTier? copy = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Reads a part of the content back and compares it with its names, from where the last scrub ended, so that repeated parts are the whole. Beside everything else,
    /// at a rate that leaves the disk to others. Hot files are <see cref="VerifyAsync"/>'s alone.
    /// </summary>
    /// <param name="options">How much and how fast; null for everything as fast as it goes.</param>
    /// <param name="cancellationToken">Cancels the reading; the next scrub goes on near there.</param>
    /// <returns>What was found; damage is reported, not thrown.</returns>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is out of its range.</exception>
    ValueTask<VerificationReport> ScrubAsync(ScrubOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Brings a model from a cluster: only what the store lacks, verified chunk by chunk. A pull that was cut off goes on where it was, and of several at once one does the work.</summary>
    /// <param name="model">
    /// The name. By tag it means locally what it means on the cluster from then on. By digest it is that version, whatever tags of the cluster mean; it is kept under the tag <c>sha256-…</c>, with the
    /// digest's 64 digits, unless a tag of the name means it already.
    /// </param>
    /// <param name="from">The name of the cluster; null for the first that is well, and the next where that one fails.</param>
    /// <param name="progress">Told how far the pull is, or null.</param>
    /// <param name="cancellationToken">Cancels the pull; what has come is kept for the next one.</param>
    /// <exception cref="ArgumentException">The store has no cluster of that name.</exception>
    /// <exception cref="ModelNotFoundException">No cluster has the model, or there is no cluster.</exception>
    /// <exception cref="ClusterUnavailableException">No cluster can be reached.</exception>
    /// <exception cref="ContentCorruptedException">What clusters have is damaged, on each of them.</exception>
    /// <exception cref="ModelNotTrustedException">The store requires signatures, and the model has none that counts.</exception>
    /// <exception cref="StorageFullException">The disk is full.</exception>
    ValueTask<PullResult> PullAsync(
        ModelReference model,
        string? from = null,
        IProgress<PullProgress>? progress = null,
        CancellationToken cancellationToken = default);

    /// <summary>Looks a model up, and pulls it first when the store lacks it and a cluster may have it (see <see cref="Configuration.StorageOptions.PullOnUse"/>). What is local is found without a look at any cluster.</summary>
    /// <param name="model">The reference.</param>
    /// <param name="cancellationToken">Cancels the look-up, or the pull.</param>
    /// <exception cref="ModelNotFoundException">Neither the store nor a cluster has the model.</exception>
    /// <exception cref="ClusterUnavailableException">The store lacks it, and no cluster can be reached.</exception>
    ValueTask<ModelInfo> ResolveAsync(ModelReference model, CancellationToken cancellationToken = default);

    /// <summary>Waits until what was imported before this call is on all clusters. A store without clusters returns at once.</summary>
    /// <param name="cancellationToken">Cancels the waiting; sending goes on.</param>
    /// <exception cref="TagConflictException">Somebody else has moved a tag on a cluster.</exception>
    /// <exception cref="ClusterUnavailableException">A cluster failed; sending is tried again later by itself.</exception>
    /// <exception cref="AggregateException">Several of these.</exception>
    ValueTask FlushAsync(CancellationToken cancellationToken = default);

    /// <summary>What has not yet been sent to clusters, and why.</summary>
    /// <param name="cancellationToken">Cancels the look-up.</param>
    ValueTask<StorageBacklog> GetBacklogAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Moves models between the store's tiers: drops hot files and sends packs to the cold tier by age and by room, and brings back what is used again. What is pinned or in use stays. An app's host calls it now and then
    /// (see <see cref="Configuration.TiersOptions.PlacementInterval"/>). Beside everything else, one placement at a time.
    /// </summary>
    /// <param name="cancellationToken">Cancels the placement; what is moved by then stays moved.</param>
    /// <exception cref="StorageTierUnavailableException">A tier's disk is not there.</exception>
    /// <exception cref="StorageFullException">A tier's disk is full.</exception>
    ValueTask<PlacementReport> PlaceAsync(CancellationToken cancellationToken = default);

    /// <summary>Lays models out on the hot tier ahead of their use, pulling those that only a cluster has behind what loads wait for. One that can't be is logged and passed over.</summary>
    /// <param name="models">Which, in order; null for the working set: what was used last, as much as the hot tier holds.</param>
    /// <param name="cancellationToken">Cancels the work; what is laid out by then stays.</param>
    /// <returns>The models that are laid out now.</returns>
    ValueTask<IReadOnlyList<ModelReference>> PrewarmAsync(IReadOnlyList<ModelReference>? models = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Deletes from a cluster what none of its names has needed for long: versions whose tags have moved on, and what a sender left that died. Safe beside senders and pullers on any machine; one collector works at a time. A version that is
    /// referred to by digest alone goes too. Call it from one machine, or from several, a few times in each <see cref="ClusterCollectionOptions.Retention"/>.
    /// </summary>
    /// <param name="cluster">The cluster's name; null for the primary.</param>
    /// <param name="options">What is kept for how long; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the collection; what is done by then stays done.</param>
    /// <returns>What was found and deleted; damage is reported, and then nothing is condemned.</returns>
    /// <exception cref="ArgumentException">The store has no such cluster.</exception>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is out of its range.</exception>
    /// <exception cref="ClusterUnavailableException">The cluster can't be reached.</exception>
    ValueTask<ClusterCollectionReport> CollectClusterGarbageAsync(string? cluster = null, ClusterCollectionOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Says where every model is, by name and tag; of one whose manifest is damaged, that it is.</summary>
    /// <param name="cancellationToken">Cancels the look-up.</param>
    ValueTask<IReadOnlyList<ModelPlacement>> ListPlacementsAsync(CancellationToken cancellationToken = default);

    /// <summary>Keeps a model on the tiers where it is: its hot files are not dropped for others, nor its packs sent to the cold tier. A pin outlives the process, and follows its tag.</summary>
    /// <param name="model">The reference, by tag.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>False when it was pinned already.</returns>
    /// <exception cref="ArgumentException"><paramref name="model"/> is by digest.</exception>
    /// <exception cref="ModelNotFoundException">The store has no such model.</exception>
    ValueTask<bool> PinAsync(ModelReference model, CancellationToken cancellationToken = default);

    /// <summary>Takes a pin away.</summary>
    /// <param name="model">The reference, by tag.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>False when there was none.</returns>
    /// <exception cref="ArgumentException"><paramref name="model"/> is by digest.</exception>
    ValueTask<bool> UnpinAsync(ModelReference model, CancellationToken cancellationToken = default);
}
