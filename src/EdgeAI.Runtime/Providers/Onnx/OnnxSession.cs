using EdgeAI.Inference;
using EdgeAI.Memory;
using EdgeAI.Models;
using Microsoft.ML.OnnxRuntime;

namespace EdgeAI.Providers.Onnx;

/// <summary>A session of ONNX Runtime, and the mapping that its weights are in.</summary>
internal sealed class OnnxSession : IModelSession
{
    // Shared by all runs that nobody can cancel; it is never written to.
    private static readonly RunOptions Uncancellable = new();

    private readonly string _name;
    private readonly ExecutionDevice _device;
    private readonly InferenceSession _session;
    private readonly MappedWeights? _weights;
    private readonly string[] _outputNames;

    public OnnxSession(string name, ExecutionDevice device, ModelSignature signature, InferenceSession session, MappedWeights? weights)
    {
        _name = name;
        _device = device;
        _session = session;
        _weights = weights;
        _outputNames = [.. session.OutputNames];
        Signature = signature;
    }

    public ModelSignature Signature { get; }

    public MemoryUse Memory => new(0, _weights?.Length ?? 0, 0);

    public ModelOutputs Run(IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken)
    {
        try
        {
            using var bound = new OnnxInputs(inputs);
            return cancellationToken.CanBeCanceled ? RunCancellable(bound, cancellationToken) : Run(bound, Uncancellable);
        }
        catch (OnnxRuntimeException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new InferenceException(_name, _device.ToString(), exception.Message, exception);
        }
    }

    public void Dispose()
    {
        _session.Dispose();
        _weights?.Dispose();
    }

    private ModelOutputs RunCancellable(OnnxInputs inputs, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var options = new RunOptions();
        using var registration = cancellationToken.Register(state => ((RunOptions)state!).Terminate = true, options);
        return Run(inputs, options);
    }

    private ModelOutputs Run(OnnxInputs inputs, RunOptions options)
    {
        var results = _session.Run(options, inputs.Names, inputs.Values, _outputNames);
        var values = new ModelValue[results.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = OnnxOutputs.Take(results[i]);
        }

        return new ModelOutputs(_outputNames, values);
    }
}
