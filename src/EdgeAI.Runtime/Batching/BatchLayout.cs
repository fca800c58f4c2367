using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Models;

namespace EdgeAI.Batching;

/// <summary>Where the rows of a batch lie in a model's inputs and outputs: in the first dimension of each.</summary>
internal sealed class BatchLayout
{
    private const int MaxKeyLength = 128;

    private readonly bool[] _hasRows;

    private BatchLayout(ModelSignature signature)
    {
        Signature = signature;
        _hasRows = [.. signature.Inputs.Select(input => FindProblem(input) is null)];
    }

    public ModelSignature Signature { get; }

    /// <exception cref="BatchingNotSupportedException">The model has no batch dimension, or hands state on.</exception>
    public static BatchLayout Create(ModelReference model, ModelSignature signature, BatchingOptions options)
    {
        // An input with a default is as good as none until a request gives it.
        var problem = signature.Inputs.Where(IsNeeded).Select(FindProblem).FirstOrDefault(problem => problem is not null)
            ?? signature.Outputs.Select(FindProblem).FirstOrDefault(problem => problem is not null)
            ?? (signature.Inputs.Any(IsNeeded) ? null : "it has no input that every request gives")
            ?? (options.IsStateless ? null : FindState(signature));
        return problem is null ? new BatchLayout(signature) : throw new BatchingNotSupportedException(model.ToString(), problem);
    }

    /// <summary>Says what a request has in common with others, and how many rows it has; false when it has to run by itself.</summary>
    /// <param name="inputs">What the signature allows.</param>
    /// <param name="key">What it has in common with others.</param>
    /// <param name="rows">1 or more.</param>
    /// <param name="bytes">The size of the largest input.</param>
    public bool TryDescribe(IReadOnlyDictionary<string, ModelValue> inputs, out BatchKey key, out int rows, out long bytes)
    {
        Span<long> dimensions = stackalloc long[MaxKeyLength];
        var length = 0;
        (key, rows, bytes) = (default, 0, 0);
        for (var i = 0; i < _hasRows.Length; i++)
        {
            var shape = ReadOnlySpan<long>.Empty;
            if (inputs.TryGetValue(Signature.Inputs[i].Name, out var value))
            {
                // Equal to the other inputs' rows, or the model makes something else of it.
                if (!_hasRows[i] || value is not TensorValue tensor || tensor.Shape[0] is < 1 or > int.MaxValue || (rows > 0 && rows != tensor.Shape[0]))
                {
                    return false;
                }

                shape = tensor.Shape;
                rows = (int)shape[0];
                bytes = Math.Max(bytes, tensor.ElementType.GetByteCount(tensor.Length));
            }

            if (length + Math.Max(1, shape.Length) > MaxKeyLength)
            {
                return false;
            }

            dimensions[length++] = shape.Length;
            for (var dimension = 1; dimension < shape.Length; dimension++)
            {
                dimensions[length++] = shape[dimension];
            }
        }

        key = new BatchKey(dimensions[..length]);
        return rows > 0;
    }

    private static bool IsNeeded(ModelValueInfo input) => input.IsRequired && input.Type.Kind != ModelValueKind.Optional;

    private static string? FindProblem(ModelValueInfo value) => value.Type switch
    {
        { Kind: not ModelValueKind.Tensor } => $"'{value}' is not a tensor",
        { ElementType: { } type } when type.GetBits() < 8 => $"the rows of '{value}' don't begin at whole bytes of fixed size",
        { Shape: null } => $"'{value}' leaves open how many dimensions it has",
        { Shape: [] } => $"'{value}' has no dimension",
        { Shape: [{ Size: not null }, ..] } => $"the first dimension of '{value}' is fixed",
        _ => null,
    };

    private static string? FindState(ModelSignature signature) => StateNames.Find(signature) is var (input, output)
        ? $"it seems to hand state on, from '{output.Name}' to '{input.Name}'; if the state has the rows of the batch too, set IsStateless"
        : null;
}
