namespace EdgeAI.Testing.Onnx;

/// <summary>An operator that a model defines itself (<c>FunctionProto</c>).</summary>
/// <param name="Domain">The domain that nodes call it under.</param>
/// <param name="Name">The name that nodes call it by.</param>
/// <param name="Inputs">The names of its inputs.</param>
/// <param name="Outputs">The names of its outputs.</param>
/// <param name="Nodes">What it does.</param>
public sealed record OnnxFunction(string Domain, string Name, string[] Inputs, string[] Outputs, OnnxNode[] Nodes)
{
    /// <summary>Makes a node for a function's body.</summary>
    public static OnnxNode Node(string @operator, string[] inputs, string[] outputs) => new(@operator, inputs, outputs, string.Empty);

    internal void Write(ProtobufWriter writer, long opset, bool packed)
    {
        writer.WriteText(1, Name);
        foreach (var input in Inputs)
        {
            writer.WriteText(4, input);
        }

        foreach (var output in Outputs)
        {
            writer.WriteText(5, output);
        }

        foreach (var node in Nodes)
        {
            writer.WriteMessage(7, nested => node.Write(nested, packed));
        }

        writer.WriteMessage(9, nested => OnnxModelBuilder.WriteOpset(nested, string.Empty, opset));
        writer.WriteText(10, Domain);
    }
}
