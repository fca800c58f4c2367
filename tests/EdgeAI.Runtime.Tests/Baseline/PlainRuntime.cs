using EdgeAI.Inference;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using Microsoft.ML.OnnxRuntime;

namespace EdgeAI.Runtime.Tests.Baseline;

/// <summary>Runs models on ONNX Runtime as its own documentation does, with nothing of ours between: what our results are measured against.</summary>
internal static class PlainRuntime
{
    /// <summary>Runs a model of the catalogue and copies its outputs.</summary>
    public static ModelOutputs Run(TestModel model, IReadOnlyDictionary<string, ModelValue> inputs)
    {
        using var folder = new TemporaryDirectory();
        using var session = new InferenceSession(model.Save(folder));
        return Run(session, inputs);
    }

    /// <summary>Runs a session and copies its outputs.</summary>
    public static ModelOutputs Run(InferenceSession session, IReadOnlyDictionary<string, ModelValue> inputs)
    {
        using var options = new RunOptions();
        var values = inputs.ToDictionary(input => input.Key, input => PlainValues.ToOrtValue(input.Value));
        try
        {
            using var outputs = session.Run(options, values, session.OutputNames);
            return new ModelOutputs(session.OutputNames, [.. outputs.Select(PlainValues.Copy)]);
        }
        finally
        {
            foreach (var value in values.Values)
            {
                value.Dispose();
            }
        }
    }
}
