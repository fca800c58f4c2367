using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Providers;

namespace EdgeAI.Running;

/// <summary>A binding over a session that has none, or over values that can't be bound: each run is one of its own, and copies into the memory that it was given.</summary>
internal sealed class RepeatedRun(
    ModelReference reference,
    ExecutionDevice device,
    ModelSignature signature,
    IModelSession session,
    IReadOnlyDictionary<string, ModelValue> inputs,
    IReadOnlyDictionary<string, TensorValue> outputs) : IModelBinding
{
    private ModelOutputs? _outputs;

    public ModelOutputs Outputs => _outputs ?? throw new InvalidOperationException("No run has succeeded yet.");

    public void Run(CancellationToken cancellationToken = default)
    {
        // Before anything is copied: into memory of the size that the model gives.
        var given = ResultCheck.Accept(reference, device, signature, session.Run(inputs, cancellationToken));
        try
        {
            ModelValue[] values = [.. given.Keys.Zip(given.Values, Bound)];
            Dispose();
            _outputs = new ModelOutputs([.. given.Keys], values);
        }
        catch
        {
            given.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        // Tensors that were given stay their owner's.
        foreach (var (name, value) in _outputs ?? Enumerable.Empty<KeyValuePair<string, ModelValue>>())
        {
            if (!outputs.ContainsKey(name))
            {
                value.Dispose();
            }
        }

        _outputs = null;
    }

    private unsafe ModelValue Bound(string name, ModelValue value)
    {
        if (!outputs.TryGetValue(name, out var target))
        {
            return value;
        }

        var tensor = value.AsTensor();
        if (!tensor.Shape.SequenceEqual(target.Shape))
        {
            throw new InferenceException(reference.ToString(), device.ToString(), $"It gave {tensor} for the output '{name}', whose memory is for {target}.");
        }

        using var pin = target.Pin();
        tensor.AsBytes().CopyTo(new Span<byte>(pin.Pointer, tensor.AsBytes().Length));
        value.Dispose();
        return target;
    }
}
