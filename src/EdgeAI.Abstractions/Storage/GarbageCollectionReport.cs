namespace EdgeAI.Storage;

/// <summary>What a garbage collection gave back.</summary>
/// <param name="ManifestsRemoved">Manifests that no name referred to.</param>
/// <param name="PacksRemoved">Packs that held nothing any more.</param>
/// <param name="PacksRewritten">Packs that held little any more and were written anew without the rest.</param>
/// <param name="HotModelsRemoved">Hot models that no name referred to.</param>
/// <param name="BytesFreed">Bytes on disk that were given back.</param>
public sealed record GarbageCollectionReport(
    int ManifestsRemoved,
    int PacksRemoved,
    int PacksRewritten,
    int HotModelsRemoved,
    long BytesFreed)
{
    /// <summary>
    /// Bytes on disk that no name refers to and that an import, a read or another operation in progress may still use. A collection after it gives them back.
    /// </summary>
    public long BytesPending { get; init; }
}
