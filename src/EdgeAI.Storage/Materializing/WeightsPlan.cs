using EdgeAI.Storage.Importing.Onnx;

namespace EdgeAI.Storage.Materializing;

/// <summary>Which tensors go to the weights file, and where.</summary>
internal sealed class WeightsPlan
{
    private readonly Dictionary<(string? Location, long Offset, long Length), long> _places = [];

    public WeightsPlan(IReadOnlyList<OnnxTensor> tensors)
    {
        foreach (var tensor in tensors.Where(IsMapped))
        {
            Place(tensor);
        }
    }

    /// <summary>The runs of bytes to copy; tensors that share their bytes share a run.</summary>
    public List<WeightsRun> Runs { get; } = [];

    /// <summary>The length of the weights file; 0 when there is none.</summary>
    public long Length { get; private set; }

    /// <summary>Where a tensor begins in the weights file; null when it stays in the graph.</summary>
    public long? Find(OnnxTensor tensor) =>
        IsMapped(tensor) ? _places[(tensor.Location, tensor.Offset, tensor.Length)] : null;

    private static bool IsMapped(OnnxTensor tensor) => tensor.IsInitializer && tensor.Length >= OnnxModelParser.LargeTensor;

    private void Place(OnnxTensor tensor)
    {
        var start = (Length + HotFiles.Alignment - 1) / HotFiles.Alignment * HotFiles.Alignment;
        if (_places.TryAdd((tensor.Location, tensor.Offset, tensor.Length), start))
        {
            Runs.Add(new WeightsRun(tensor.Location, tensor.Offset, tensor.Length, start));
            Length = start + tensor.Length;
        }
    }
}
