using EdgeAI.Inference;
using EdgeAI.Models;

namespace EdgeAI.AspNetCore.Protocol;

/// <summary>Checks on the outputs that requests ask for.</summary>
internal static class OutputNames
{
    /// <exception cref="ProtocolException">An output is not the model's, or is asked for twice.</exception>
    public static void Check(ModelSignature signature, IReadOnlyList<string> wanted)
    {
        for (var i = 0; i < wanted.Count; i++)
        {
            var name = wanted[i];
            if (!signature.Outputs.Any(output => output.Name == name))
            {
                throw ProtocolException.Malformed($"The model has no output '{name}'; it has {string.Join(", ", signature.Outputs.Select(output => output.Name))}.");
            }

            if (wanted.Take(i).Contains(name))
            {
                throw ProtocolException.Malformed($"The output '{name}' is asked for twice.");
            }
        }
    }

    /// <summary>The tensor of an output, if the protocol can carry it.</summary>
    /// <exception cref="ProtocolException">It can't.</exception>
    public static TensorValue TensorOf(string name, ModelValue value)
    {
        if (value is not TensorValue tensor)
        {
            throw ProtocolException.Malformed($"The output '{name}' is a {value.Kind.ToString().ToLowerInvariant()}; the protocol has tensors only. Ask for the other outputs by their names.");
        }

        return TensorTypes.Find(tensor.ElementType) is null
            ? throw ProtocolException.Malformed($"The output '{name}' is {tensor}, a data type that the protocol does not have.")
            : tensor;
    }
}
