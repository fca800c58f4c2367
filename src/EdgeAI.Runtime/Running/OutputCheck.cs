using EdgeAI.Inference;
using EdgeAI.Models;

namespace EdgeAI.Running;

/// <summary>Compares the memory that outputs shall be written to with what the model gives.</summary>
internal static class OutputCheck
{
    public static void Require(
        ModelReference model,
        ModelSignature signature,
        IReadOnlyDictionary<string, ModelValue> inputs,
        IReadOnlyDictionary<string, TensorValue> outputs)
    {
        foreach (var (name, tensor) in outputs)
        {
            var expected = signature.Outputs.FirstOrDefault(output => output.Name == name)
                ?? throw Invalid(model, signature, name, "the model has no such output");
            if (tensor.ElementType == ElementType.String || expected.Type.Kind != ModelValueKind.Tensor)
            {
                throw Invalid(model, signature, name, "only a tensor of numbers can be written to the caller's memory");
            }

            if (InputCheck.FindProblem(expected.Type, tensor) is { } problem)
            {
                throw Invalid(model, signature, name, problem);
            }

            if (FindOverlap(name, tensor, inputs, outputs) is { } other)
            {
                throw Invalid(model, signature, name, $"it overlaps the memory of '{other}'");
            }
        }
    }

    // Operators read inputs while they write outputs.
    private static string? FindOverlap(
        string name,
        TensorValue tensor,
        IReadOnlyDictionary<string, ModelValue> inputs,
        IReadOnlyDictionary<string, TensorValue> outputs)
    {
        foreach (var (input, value) in inputs)
        {
            if (value is TensorValue { ElementType: not ElementType.String } read && tensor.AsBytes().Overlaps(read.AsBytes()))
            {
                return input;
            }
        }

        foreach (var (output, written) in outputs)
        {
            if (output != name && written.ElementType != ElementType.String && tensor.AsBytes().Overlaps(written.AsBytes()))
            {
                return output;
            }
        }

        return null;
    }

    private static InvalidModelOutputException Invalid(ModelReference model, ModelSignature signature, string output, string problem) =>
        new(model.ToString(), output, problem, string.Join("; ", signature.Outputs));
}
