using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Importing;
using EdgeAI.Storage.Importing.Onnx;

namespace EdgeAI.Storage.Materializing;

/// <summary>Lays a model out: a skeleton graph, the large tensors in a file to map, and checksums of both.</summary>
internal sealed class HotFileWriter(OnnxModel model, IHotSource source, string directory)
{
    // Bytes that must move into the graph (small external tensors, those in subgraphs) are held in memory while it is written.
    private const long MaxInlined = 64L << 20;

    private readonly List<HotChecksum> _checksums = [];

    public async ValueTask<HotFiles> WriteAsync(CancellationToken cancellationToken)
    {
        var plan = new WeightsPlan(model.Tensors);
        var graphPath = Path.Combine(directory, HotFiles.GraphName);
        var weightsPath = plan.Length == 0 ? null : Path.Combine(directory, HotFiles.WeightsName);
        await WriteGraphAsync(plan, graphPath, cancellationToken).ConfigureAwait(false);
        if (weightsPath is not null)
        {
            await WriteWeightsAsync(plan, weightsPath, cancellationToken).ConfigureAwait(false);
        }

        await HotChecksums.WriteAsync(directory, _checksums, cancellationToken).ConfigureAwait(false);
        return new HotFiles(graphPath, weightsPath);
    }

    private async ValueTask WriteGraphAsync(WeightsPlan plan, string path, CancellationToken cancellationToken)
    {
        var writer = new SkeletonWriter();
        foreach (var tensor in model.Tensors)
        {
            if (plan.Find(tensor) is { } place)
            {
                writer.Replace(tensor, ProtobufFields.External(place, tensor.Length));
            }
        }

        await InlineAsync(writer, [.. model.Tensors.Where(tensor => tensor.Location is not null && plan.Find(tensor) is null)], cancellationToken).ConfigureAwait(false);
        var graph = DurableFile.Create(path);
        await using (graph.ConfigureAwait(false))
        {
            var original = source.Open(null);
            await using (original.ConfigureAwait(false))
            {
                await writer.WriteAsync(original, graph, cancellationToken).ConfigureAwait(false);
            }

            await DurableFile.FlushAsync(graph, cancellationToken).ConfigureAwait(false);
            var hash = await HotChecksums.HashAsync(graph.SafeFileHandle, 0, graph.Length, cancellationToken).ConfigureAwait(false);
            _checksums.Add(new HotChecksum(HotFiles.GraphName, 0, graph.Length, hash));
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
            var stream = source.Open(file.Key);
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

    private async ValueTask WriteWeightsAsync(WeightsPlan plan, string path, CancellationToken cancellationToken)
    {
        HotRun[] runs = [.. HotRun.Gather(plan.Runs.SelectMany(run => source.Cut(run.Location, run.SourceOffset, run.Length, run.Offset)))];

        // Not preallocated: where the disk is full, .NET then throws an exception that does not say so by its code.
        using var weights = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read);
        _checksums.AddRange(await HotRunWriter.WriteAsync(HotFiles.WeightsName, runs, source, weights, cancellationToken).ConfigureAwait(false));
        DurableFile.Flush(weights, path);
    }
}
