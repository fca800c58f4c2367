using System.Buffers;
using EdgeAI.AspNetCore.Protocol;
using EdgeAI.Inference;

namespace EdgeAI.AspNetCore.Rest;

/// <summary>An inference request as it was read, and the pooled memory that its tensors lie in.</summary>
internal sealed class InferRequest : IDisposable
{
    private readonly List<byte[]> _rented = [];

    public string? Id { get; set; }

    public RequestParameters Parameters { get; set; }

    /// <summary>How long the JSON is, in bytes: no more elements than that can be in it.</summary>
    public int JsonLength { get; init; }

    public ModelInputs Inputs { get; } = [];

    /// <summary>Outputs in the order in which they are wanted; empty for all.</summary>
    public List<RequestedOutput> Outputs { get; } = [];

    /// <summary>Their names.</summary>
    public IReadOnlyList<string> OutputNames => Outputs.Count == 0 ? [] : [.. Outputs.Select(output => output.Name)];

    /// <summary>Inputs whose bytes follow the JSON, in their order.</summary>
    public List<BinaryInput> BinaryInputs { get; } = [];

    /// <summary>Memory that is given back with the request.</summary>
    public byte[] Rent(int length)
    {
        var array = ArrayPool<byte>.Shared.Rent(length);
        _rented.Add(array);
        return array;
    }

    public void Dispose()
    {
        foreach (var array in _rented)
        {
            ArrayPool<byte>.Shared.Return(array);
        }

        _rented.Clear();
    }
}
