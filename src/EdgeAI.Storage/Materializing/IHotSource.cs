using EdgeAI.Storage.Importing;

namespace EdgeAI.Storage.Materializing;

/// <summary>A model's files, to be laid out by many threads at once. Thread-safe.</summary>
internal interface IHotSource : IModelFiles
{
    /// <summary>Cuts a run of a file into parts that are read each by itself.</summary>
    /// <param name="location">The file; null for the model file.</param>
    /// <param name="sourceOffset">Where the run begins in it.</param>
    /// <param name="length">How long the run is; it lies within the file.</param>
    /// <param name="offset">Where the run stands in the hot file.</param>
    IEnumerable<HotPart> Cut(string? location, long sourceOffset, long length, long offset);

    /// <summary>Reads a part.</summary>
    /// <param name="part">One of <see cref="Cut"/>.</param>
    /// <param name="plain">Exactly as long as the part.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    ValueTask ReadAsync(HotPart part, Memory<byte> plain, CancellationToken cancellationToken);
}
