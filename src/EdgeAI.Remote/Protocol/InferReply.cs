using EdgeAI.Inference;

namespace EdgeAI.Remote.Protocol;

/// <summary>What a server answered.</summary>
internal sealed class InferReply
{
    private readonly Dictionary<string, TensorValue> _outputs = new(StringComparer.Ordinal);

    /// <exception cref="RemoteCallException">There is one of that name.</exception>
    public void Add(string name, TensorValue value)
    {
        if (!_outputs.TryAdd(name, value))
        {
            throw RemoteCallException.Garbled($"the output '{name}' is there twice.");
        }
    }

    /// <summary>Those of the wanted outputs that are there, in their order. Whoever compares them with the signature finds what is missing.</summary>
    public ModelOutputs ToOutputs(IReadOnlyList<string> wanted)
    {
        string[] names = [.. wanted.Where(_outputs.ContainsKey)];
        return new ModelOutputs(names, [.. names.Select(name => _outputs[name])]);
    }
}
