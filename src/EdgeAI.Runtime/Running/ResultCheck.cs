using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Providers.Onnx;

namespace EdgeAI.Running;

/// <summary>Compares what a device gave with what the model gives, so that a device that errs is noticed, and not believed. Allocates nothing where all is well.</summary>
internal static class ResultCheck
{
    /// <summary>The outputs, once they are found to be the model's; otherwise they are disposed.</summary>
    /// <exception cref="WrongResultException">An output is missing, in another place, or of another type or shape.</exception>
    public static ModelOutputs Accept(ModelReference model, ExecutionDevice device, ModelSignature signature, ModelOutputs outputs)
    {
        try
        {
            Require(model, device, signature, outputs);
            return outputs;
        }
        catch
        {
            outputs.Dispose();
            throw;
        }
    }

    /// <summary>Looks whether outputs are the model's.</summary>
    /// <exception cref="WrongResultException">An output is missing, in another place, or of another type or shape.</exception>
    public static void Require(ModelReference model, ExecutionDevice device, ModelSignature signature, ModelOutputs outputs)
    {
        // Models with sloppy declarations are many, and ONNX Runtime runs them: on the processor a shape is what the model gives, whatever it declares.
        var isShapeChecked = device.Provider != OnnxCpuProvider.ProviderName;
        if (Find(signature, outputs, isShapeChecked) is var (output, problem))
        {
            throw new WrongResultException(model.ToString(), device.ToString(), output, problem);
        }
    }

    /// <summary>The first output that is not as the signature says.</summary>
    /// <param name="signature">What the model gives.</param>
    /// <param name="outputs">What a device gave.</param>
    /// <param name="isShapeChecked">Whether shapes must be as declared.</param>
    /// <returns>Null when there is none.</returns>
    public static (string Output, string Problem)? Find(ModelSignature signature, ModelOutputs outputs, bool isShapeChecked)
    {
        for (var i = 0; i < signature.Outputs.Count; i++)
        {
            var expected = signature.Outputs[i];
            if (!outputs.TryGetValue(expected.Name, out var value) || value != outputs[i])
            {
                return (expected.Name, "it is missing, or not in its place");
            }

            if (FindProblem(expected.Type, value, isShapeChecked) is { } problem)
            {
                return (expected.Name, problem);
            }
        }

        return outputs.Count == signature.Outputs.Count ? null : (outputs.Keys.ElementAt(signature.Outputs.Count), "the model has no such output");
    }

    private static string? FindProblem(ModelValueType expected, ModelValue value, bool isShapeChecked)
    {
        if (isShapeChecked)
        {
            return InputCheck.FindProblem(expected, value);
        }

        var isRight = value.Kind == expected.Kind && (value is not TensorValue tensor || tensor.ElementType == expected.ElementType);
        return isRight ? null : $"it is {value}, and should be {expected}";
    }
}
