using EdgeAI.Models;

namespace EdgeAI.Storage.Importing.Safetensors;

/// <summary>Reads models of several safetensors files with an index, and opens the files.</summary>
internal sealed class SafetensorsIndexReader : IModelFormatReader
{
    /// <summary>How the names of indexes end.</summary>
    public const string FileEnding = ".safetensors.index.json";

    public async ValueTask<ParsedModel> ReadAsync(SourceFiles files, CancellationToken cancellationToken)
    {
        var index = await Task.Run(() => SafetensorsIndexParser.Parse(files.Model.Content), cancellationToken).ConfigureAwait(false);
        var tensors = new List<TensorExtent>();
        foreach (var shard in index.Shards)
        {
            tensors.AddRange(await ReadShardAsync(files, shard, cancellationToken).ConfigureAwait(false));
        }

        return new ParsedModel { Format = ModelFormat.Safetensors, Tensors = tensors, Metadata = index.Metadata };
    }

    private static async ValueTask<IReadOnlyList<TensorExtent>> ReadShardAsync(SourceFiles files, string shard, CancellationToken cancellationToken)
    {
        var file = await files.OpenReferredAsync(shard, cancellationToken).ConfigureAwait(false);
        try
        {
            var header = await Task.Run(() => SafetensorsParser.Parse(file.Content, shard), cancellationToken).ConfigureAwait(false);
            return header.Tensors;
        }
        catch (MalformedModelException exception)
        {
            throw new MalformedModelException($"in its part '{shard}' {exception.Message}", exception.Offset);
        }
    }
}
