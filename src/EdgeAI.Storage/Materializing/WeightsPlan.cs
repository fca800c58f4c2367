using EdgeAI.Storage.Importing.Onnx;

namespace EdgeAI.Storage.Materializing;

/// <summary>Which tensors go to the weights file, and where.</summary>
internal sealed class WeightsPlan
{
    private readonly Dictionary<(string? Location, long Offset, long Length), long> _places = [];

    /// <param name="model">The model.</param>
    /// <param name="isForRuns">
    /// Whether it is laid out as runs read it: in the order in which nodes use the tensors, what kernels made of a tensor instead of the tensor itself, and what no run reads at the end.
    /// Otherwise tensors stand as in the model, and what kernels made of them is left out.
    /// </param>
    public WeightsPlan(OnnxModel model, bool isForRuns)
    {
        var mapped = model.Tensors.Where(IsMapped);
        if (!isForRuns)
        {
            PlaceAll(mapped);
            return;
        }

        OnnxTensor[] inOrder = [.. mapped.OrderBy(tensor => model.FirstUses.GetValueOrDefault(tensor.Name, int.MaxValue))];
        foreach (var tensor in inOrder)
        {
            if (tensor.Packed.Count > 0)
            {
                PlacePacked(tensor);
            }
            else
            {
                Place(tensor.Location, tensor.Offset, tensor.Length);
            }
        }

        PlaceAll(inOrder);
    }

    /// <summary>The runs of bytes to copy; tensors that share their bytes share a run.</summary>
    public List<WeightsRun> Runs { get; } = [];

    /// <summary>The length of the weights file; 0 when there is none.</summary>
    public long Length { get; private set; }

    /// <summary>What the weights file is made of.</summary>
    public IEnumerable<HotPart> PartsFrom(IHotSource source) => Runs.SelectMany(run => source.Cut(run.Location, run.SourceOffset, run.Length, run.Offset));

    /// <summary>Where a tensor begins in the weights file; null when it stays in the graph.</summary>
    public long? Find(OnnxTensor tensor) =>
        IsMapped(tensor) ? _places[(tensor.Location, tensor.Offset, tensor.Length)] : null;

    /// <summary>What kernels made of a tensor, in the words of its external data, where it is in the weights file.</summary>
    public IEnumerable<(string Key, string Value)> FindPacked(OnnxTensor tensor) =>
        tensor.Packed.All(packed => packed.Blobs.All(blob => _places.ContainsKey(PlaceOf(tensor, blob))))
            ? tensor.Packed.Select(packed => (packed.Key, packed.WriteAt([.. packed.Blobs.Select(blob => _places[PlaceOf(tensor, blob)])])))
            : [];

    private static (string? Location, long Offset, long Length) PlaceOf(OnnxTensor tensor, PackedWeights.Blob blob) =>
        (tensor.Location, blob.Offset, blob.Length);

    private static bool IsMapped(OnnxTensor tensor) => tensor.IsInitializer && tensor.Length >= OnnxModelParser.LargeTensor;

    // Kernels load what they packed by aligned instructions; ONNX Runtime writes it wherever the file ends.
    private void PlacePacked(OnnxTensor tensor)
    {
        foreach (var blob in tensor.Packed.SelectMany(packed => packed.Blobs))
        {
            Place(tensor.Location, blob.Offset, blob.Length);
        }
    }

    private void PlaceAll(IEnumerable<OnnxTensor> tensors)
    {
        foreach (var tensor in tensors)
        {
            Place(tensor.Location, tensor.Offset, tensor.Length);
        }
    }

    private void Place(string? location, long offset, long length)
    {
        var start = (Length + HotFiles.Alignment - 1) / HotFiles.Alignment * HotFiles.Alignment;
        if (_places.TryAdd((location, offset, length), start) && length > 0)
        {
            Runs.Add(new WeightsRun(location, offset, length, start));
            Length = start + length;
        }
    }
}
