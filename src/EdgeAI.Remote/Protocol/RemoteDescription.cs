using EdgeAI.Models;

namespace EdgeAI.Remote.Protocol;

/// <summary>What a server says of a model.</summary>
/// <param name="Inputs">Its inputs.</param>
/// <param name="Outputs">Its outputs.</param>
internal sealed record RemoteDescription(IReadOnlyList<RemoteTensorInfo> Inputs, IReadOnlyList<RemoteTensorInfo> Outputs)
{
    /// <summary>As a signature.</summary>
    /// <exception cref="RemoteCallException">It has a type that no tensor here has.</exception>
    public ModelSignature ToSignature() => Outputs.Count == 0
        ? throw RemoteCallException.Garbled("its metadata names no outputs.")
        : new([.. Inputs.Select(input => input.ToValueInfo())], [.. Outputs.Select(output => output.ToValueInfo())]);

    /// <summary>Why it is another model than the signature's; null when it can be the same.</summary>
    public string? FindDifference(ModelSignature signature) =>
        FindDifference("input", signature.Inputs, Inputs)
        ?? FindDifference("output", signature.Outputs, Outputs)
        ?? Inputs.Where(input => !signature.Inputs.Any(known => known.Name == input.Name)).Select(input => $"it wants an input '{input.Name}', which the store's version has not").FirstOrDefault();

    // An input that may be left out here need not be there; servers also write other numbers of free dimensions.
    private static string? FindDifference(string what, IReadOnlyList<ModelValueInfo> here, IReadOnlyList<RemoteTensorInfo> there)
    {
        foreach (var value in here)
        {
            if (there.FirstOrDefault(other => other.Name == value.Name) is not { } found)
            {
                if (value.IsRequired || what == "output")
                {
                    return $"it has no {what} '{value.Name}'";
                }
            }
            else if (TensorTypes.NameOf(value.Type.ElementType!.Value) is var type && type != found.DataType)
            {
                return $"its {what} '{value.Name}' is {found.DataType}, and {type} in the store's version";
            }
        }

        return null;
    }
}
