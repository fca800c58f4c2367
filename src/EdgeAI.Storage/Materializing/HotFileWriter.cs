using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Importing;
using EdgeAI.Storage.Importing.Onnx;

namespace EdgeAI.Storage.Materializing;

/// <summary>Lays a model out: a skeleton graph, and the large tensors in a file to map.</summary>
/// <param name="model">The model.</param>
/// <param name="folder">Where its files go.</param>
/// <param name="isForRuns">Whether tensors stand in the order of their use, and what kernels made of them goes with them.</param>
internal sealed class HotFileWriter(OnnxModel model, HotFolderWriter folder, bool isForRuns = false)
{
    // Bytes that must move into the graph (small external tensors, those in subgraphs) are held in memory while it is written.
    private const long MaxInlined = 64L << 20;

    public async ValueTask<HotFiles> WriteAsync(CancellationToken cancellationToken)
    {
        var plan = new WeightsPlan(model, isForRuns);
        await WriteGraphAsync(plan, cancellationToken).ConfigureAwait(false);
        if (plan.Length > 0)
        {
            await folder.WriteAsync(HotFiles.WeightsName, plan.Length, plan.PartsFrom(folder.Source), cancellationToken).ConfigureAwait(false);
        }

        await folder.CompleteAsync(cancellationToken).ConfigureAwait(false);
        return new HotFiles(folder.PathOf(HotFiles.GraphName), plan.Length == 0 ? null : folder.PathOf(HotFiles.WeightsName));
    }

    private async ValueTask WriteGraphAsync(WeightsPlan plan, CancellationToken cancellationToken)
    {
        var writer = new SkeletonWriter();
        foreach (var tensor in model.Tensors)
        {
            if (plan.Find(tensor) is { } place)
            {
                writer.Replace(tensor, ProtobufFields.External(place, tensor.Length, plan.FindPacked(tensor)));
            }
        }

        await InlineAsync(writer, [.. model.Tensors.Where(tensor => tensor.Location is not null && plan.Find(tensor) is null)], cancellationToken).ConfigureAwait(false);
        var graph = folder.Create(HotFiles.GraphName);
        await using (graph.ConfigureAwait(false))
        {
            var original = folder.Source.Open(null);
            await using (original.ConfigureAwait(false))
            {
                await writer.WriteAsync(original, graph, cancellationToken).ConfigureAwait(false);
            }

            await DurableFile.FlushAsync(graph, cancellationToken).ConfigureAwait(false);
            folder.Add(HotFiles.GraphName, graph.SafeFileHandle);
        }
    }

    private async ValueTask InlineAsync(SkeletonWriter writer, IReadOnlyList<OnnxTensor> tensors, CancellationToken cancellationToken)
    {
        if (tensors.Sum(tensor => tensor.Length) > MaxInlined)
        {
            throw new MalformedModelException($"its subgraphs keep more than {MaxInlined >> 20} MiB in external data", 0);
        }

        // One stream a file: many of them are small, and stand in the same chunk of its residue.
        foreach (var file in tensors.GroupBy(tensor => tensor.Location))
        {
            var stream = folder.Source.Open(file.Key);
            await using (stream.ConfigureAwait(false))
            {
                foreach (var tensor in file.OrderBy(tensor => tensor.Offset))
                {
                    var data = new byte[tensor.Length];
                    stream.Position = tensor.Offset;
                    await stream.ReadExactlyAsync(data, cancellationToken).ConfigureAwait(false);
                    writer.Replace(tensor, ProtobufFields.Inline(data));
                }
            }
        }
    }
}
