using System.Buffers;
using EdgeAI.Inference;
using EdgeAI.Models;

namespace EdgeAI.Batching;

/// <summary>The inputs of several requests, one after the other along the first dimension, in pooled memory.</summary>
internal sealed class BatchInputs : IDisposable
{
    private readonly List<byte[]> _buffers = [];

    /// <param name="signature">The model's.</param>
    /// <param name="requests">Requests of one key.</param>
    /// <param name="rows">All their rows.</param>
    public BatchInputs(ModelSignature signature, List<BatchRequest> requests, int rows)
    {
        try
        {
            foreach (var input in signature.Inputs)
            {
                if (requests[0].Inputs.TryGetValue(input.Name, out var first))
                {
                    Values[input.Name] = Concatenate(input.Name, first.AsTensor(), requests, rows);
                }
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public ModelInputs Values { get; } = [];

    public void Dispose()
    {
        _buffers.ForEach(buffer => ArrayPool<byte>.Shared.Return(buffer));
        _buffers.Clear();
    }

    private TensorValue Concatenate(string name, TensorValue first, List<BatchRequest> requests, int rows)
    {
        var shape = first.Shape.ToArray();
        var rowBytes = first.AsBytes().Length / (int)shape[0];
        shape[0] = rows;
        var buffer = ArrayPool<byte>.Shared.Rent(checked(rowBytes * rows));
        _buffers.Add(buffer);
        var length = 0;
        foreach (var request in requests)
        {
            var bytes = request.Inputs[name].AsTensor().AsBytes();
            bytes.CopyTo(buffer.AsSpan(length));
            length += bytes.Length;
        }

        return TensorValue.FromBytes(first.ElementType, buffer.AsMemory(0, length), shape);
    }
}
