using System.Runtime.InteropServices;
using EdgeAI.Inference;
using EdgeAI.Models;

namespace EdgeAI.Runtime.Tests.Baseline;

/// <summary>Compares what two runs gave.</summary>
internal static class ModelValueAssert
{
    /// <summary>Says that two runs gave the same, to the last bit.</summary>
    public static void Same(ModelOutputs expected, ModelOutputs actual) => Compare(expected, actual, RequireSameBytes);

    /// <summary>Says that two runs gave the same, floating-point numbers but for a share of them, or of 1 where they are smaller.</summary>
    public static void Close(ModelOutputs expected, ModelOutputs actual, double tolerance) =>
        Compare(expected, actual, (left, right) => RequireClose(left, right, tolerance));

    private static void Compare(ModelOutputs expected, ModelOutputs actual, Action<TensorValue, TensorValue> compare)
    {
        Assert.Equal(expected.Keys, actual.Keys);
        Assert.All(expected, output => Compare(output.Value, actual[output.Key], compare));
    }

    private static void Compare(ModelValue expected, ModelValue actual, Action<TensorValue, TensorValue> compare)
    {
        Assert.Equal(expected.Kind, actual.Kind);
        switch (expected.Kind)
        {
            case ModelValueKind.Tensor:
                Compare(expected.AsTensor(), actual.AsTensor(), compare);
                break;
            case ModelValueKind.Sequence:
                Assert.Equal(expected.AsSequence().Count, actual.AsSequence().Count);
                Assert.All(expected.AsSequence().Zip(actual.AsSequence()), pair => Compare(pair.First, pair.Second, compare));
                break;
            case ModelValueKind.Map:
                Compare(expected.AsMap().Keys, actual.AsMap().Keys, compare);
                Compare(expected.AsMap().Values, actual.AsMap().Values, compare);
                break;
        }
    }

    private static void Compare(TensorValue expected, TensorValue actual, Action<TensorValue, TensorValue> compare)
    {
        Assert.Equal(expected.ToString(), actual.ToString());
        if (expected.ElementType == ElementType.String)
        {
            Assert.Equal(expected.ToArray<string>(), actual.ToArray<string>());
        }
        else
        {
            compare(expected, actual);
        }
    }

    private static void RequireSameBytes(TensorValue expected, TensorValue actual) => Assert.Equal(expected.AsBytes().ToArray(), actual.AsBytes().ToArray());

    private static void RequireClose(TensorValue expected, TensorValue actual, double tolerance)
    {
        if (expected.ElementType != ElementType.Float32)
        {
            RequireSameBytes(expected, actual);
            return;
        }

        var left = MemoryMarshal.Cast<byte, float>(expected.AsBytes());
        var right = MemoryMarshal.Cast<byte, float>(actual.AsBytes());
        for (var i = 0; i < left.Length; i++)
        {
            Assert.True(
                left[i].Equals(right[i]) || Math.Abs(left[i] - right[i]) <= tolerance * Math.Max(1, Math.Abs(left[i])),
                $"element {i}: {left[i]:R} and {right[i]:R}");
        }
    }
}
