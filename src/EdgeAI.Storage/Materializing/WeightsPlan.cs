using EdgeAI.Storage.Importing.Onnx;

namespace EdgeAI.Storage.Materializing;

/// <summary>Which tensors go to the weights file, and where.</summary>
internal sealed class WeightsPlan
{
    private readonly Dictionary<(string? Location, long Offset, long Length), long> _places = [];

    /// <param name="tensors">All tensors of a model.</param>
    /// <param name="keepsPacked">Whether what kernels made of the tensors is kept, after the tensors themselves.</param>
    public WeightsPlan(IReadOnlyList<OnnxTensor> tensors, bool keepsPacked)
    {
        foreach (var tensor in tensors.Where(IsMapped))
        {
            Place(tensor.Location, tensor.Offset, tensor.Length);
        }

        if (keepsPacked)
        {
            PlacePacked(tensors.Where(IsMapped));
        }
    }

    /// <summary>The runs of bytes to copy; tensors that share their bytes share a run.</summary>
    public List<WeightsRun> Runs { get; } = [];

    /// <summary>The length of the weights file; 0 when there is none.</summary>
    public long Length { get; private set; }

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
    private void PlacePacked(IEnumerable<OnnxTensor> tensors)
    {
        foreach (var tensor in tensors)
        {
            foreach (var blob in tensor.Packed.SelectMany(packed => packed.Blobs))
            {
                Place(tensor.Location, blob.Offset, blob.Length);
            }
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
