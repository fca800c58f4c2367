using EdgeAI.Inference;
using EdgeAI.Models;

namespace EdgeAI.Running;

/// <summary>Compares what a run is given with what the model takes, so that the caller hears it in words and native code never sees it.</summary>
internal static class InputCheck
{
    public static void Require(ModelReference model, ModelSignature signature, IReadOnlyDictionary<string, ModelValue> inputs)
    {
        foreach (var expected in signature.Inputs)
        {
            if (inputs.TryGetValue(expected.Name, out var value))
            {
                if (FindProblem(expected.Type, value) is { } problem)
                {
                    throw Invalid(model, signature, expected.Name, problem);
                }
            }
            else if (expected.IsRequired && expected.Type.Kind != ModelValueKind.Optional)
            {
                throw Invalid(model, signature, expected.Name, "it is missing");
            }
        }

        RefuseUnknown(model, signature, inputs);
    }

    private static void RefuseUnknown(ModelReference model, ModelSignature signature, IReadOnlyDictionary<string, ModelValue> inputs)
    {
        foreach (var name in inputs.Keys)
        {
            if (!IsKnown(signature, name))
            {
                throw Invalid(model, signature, name, "the model has no such input");
            }
        }
    }

    private static bool IsKnown(ModelSignature signature, string name)
    {
        foreach (var input in signature.Inputs)
        {
            if (input.Name == name)
            {
                return true;
            }
        }

        return false;
    }

    public static string? FindProblem(ModelValueType expected, ModelValue value) => expected.Kind switch
    {
        ModelValueKind.Optional => value is OptionalValue ? null : FindProblem(expected.Content!, value),
        _ when value.Kind != expected.Kind => $"it is a {value.Kind}, and should be {expected}",
        ModelValueKind.Tensor => FindProblem(expected, value.AsTensor()),
        ModelValueKind.Sequence => value.AsSequence().Select(part => FindProblem(expected.Content!, part)).FirstOrDefault(problem => problem is not null),
        ModelValueKind.Map => FindProblem(expected, value.AsMap()),
        _ => null,
    };

    public static string? FindProblem(ModelValueType expected, TensorValue tensor)
    {
        if (tensor.ElementType != expected.ElementType)
        {
            return $"it is {tensor}, and should be {expected}";
        }

        return expected.Shape is null || Fits(expected.Shape, tensor.Shape) ? null : $"it is {tensor}, and should be {expected}";
    }

    private static string? FindProblem(ModelValueType expected, MapValue map) =>
        map.Keys.ElementType == expected.ElementType && map.Values.ElementType == expected.Content!.ElementType
            ? null
            : $"it is a map from {map.Keys.ElementType.ToDisplayName()} to {map.Values.ElementType.ToDisplayName()}, and should be {expected}";

    private static bool Fits(IReadOnlyList<ModelDimension> expected, ReadOnlySpan<long> shape)
    {
        if (expected.Count != shape.Length)
        {
            return false;
        }

        for (var i = 0; i < shape.Length; i++)
        {
            if (!expected[i].Accepts(shape[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static InvalidModelInputException Invalid(ModelReference model, ModelSignature signature, string input, string problem) => new(
        model.ToString(),
        input,
        problem,
        signature.Inputs.Count == 0
            ? "no inputs"
            : string.Join("; ", signature.Inputs.Select(expected => expected.IsRequired ? $"{expected}" : $"{expected} (may be left out)")));
}
