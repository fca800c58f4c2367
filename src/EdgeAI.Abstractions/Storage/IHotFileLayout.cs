namespace EdgeAI.Storage;

/// <summary>Splits a model file into a skeleton graph and mappable weights. Providers use it for graphs that they have optimised.</summary>
/// <remarks>Thread-safe.</remarks>
public interface IHotFileLayout
{
    /// <summary>Whether the files that <see cref="LayOutAsync"/> wrote into a folder, which may have been renamed, still have their lengths and times of writing.</summary>
    /// <param name="directory">The folder.</param>
    /// <returns>False when a file is gone, cut short or written to, or the folder was never finished.</returns>
    bool IsWhole(string directory);

    /// <summary>Writes <see cref="HotFiles.GraphName"/> and, when there are large tensors, <see cref="HotFiles.WeightsName"/>, durably. Weights that ONNX Runtime saved
    /// packed beside the tensors go with them, each aligned as a tensor is.</summary>
    /// <param name="modelPath">An ONNX file, its external data in the same folder.</param>
    /// <param name="directory">An existing folder to write to.</param>
    /// <param name="cancellationToken">Cancels the writing.</param>
    /// <exception cref="Models.InvalidModelException">The file is not a model.</exception>
    /// <exception cref="StorageFullException">The disk is full.</exception>
    ValueTask<HotFiles> LayOutAsync(string modelPath, string directory, CancellationToken cancellationToken = default);
}
