using EdgeAI.Inference;
using EdgeAI.Models;
using Microsoft.ML.OnnxRuntime;

namespace EdgeAI.Providers.Onnx;

/// <summary>
/// Inputs and outputs bound in ONNX Runtime (<c>OrtIoBinding</c>). It writes an output that has no memory yet where it likes, and from then on writes to the same memory at each run.
/// </summary>
internal sealed class OnnxBinding : IModelBinding
{
    private readonly OnnxSession _session;
    private readonly OnnxInputs _inputs;
    private readonly OnnxInputs _targets;
    private readonly IReadOnlyDictionary<string, TensorValue> _given;
    private readonly RunOptions _options = new();
    private readonly string[] _names;

    // What has no memory of a size that can be kept is given anew at each run.
    private bool _isDynamic;
    private bool _isDisposed;
    private OnnxGraphSession? _graph;
    private OrtIoBinding? _binding;
    private ModelOutputs? _outputs;

    public OnnxBinding(OnnxSession session, IReadOnlyDictionary<string, ModelValue> inputs, IReadOnlyDictionary<string, TensorValue> outputs)
    {
        _session = session;
        _names = [.. session.Signature.Outputs.Select(output => output.Name)];
        _given = outputs;
        _isDynamic = session.Signature.Outputs.Any(output => output.Type.Kind != ModelValueKind.Tensor || output.Type.ElementType == ElementType.String);
        _inputs = new OnnxInputs(inputs);
        try
        {
            _targets = new OnnxInputs(outputs.ToDictionary(output => output.Key, ModelValue (output) => output.Value));
        }
        catch
        {
            _inputs.Dispose();
            throw;
        }
    }

    public ModelOutputs Outputs => _outputs ?? throw new InvalidOperationException("No run has succeeded yet.");

    public void Run(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        var graph = _session.Hold();
        try
        {
            Prepare(graph);
            RunBound(graph, cancellationToken);
            if (_isDynamic || _outputs is null)
            {
                TakeOutputs();
            }
        }
        catch (OnnxRuntimeException exception)
        {
            // What a stopped run left half-written is not the last run's.
            Unbind();
            cancellationToken.ThrowIfCancellationRequested();
            throw _session.Failed(exception);
        }
        finally
        {
            _session.Release(graph);
        }
    }

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        Unbind();
        _inputs.Dispose();
        _targets.Dispose();
        _options.Dispose();
    }

    private void Prepare(OnnxGraphSession graph)
    {
        if (graph != _graph)
        {
            // The model changed over to another session.
            Unbind();
            _binding = graph.Session.CreateIoBinding();
            _graph = graph;
            for (var i = 0; i < _inputs.Names.Count; i++)
            {
                _binding.BindInput(_inputs.Names[i], _inputs.Values[i]);
            }

            BindOutputs(_binding);
        }
        else if (_isDynamic)
        {
            BindOutputs(_binding!);
        }
    }

    private void BindOutputs(OrtIoBinding binding)
    {
        binding.ClearBoundOutputs();
        foreach (var name in _names)
        {
            var given = _targets.Names.IndexOf(name);
            if (given >= 0)
            {
                binding.BindOutput(name, _targets.Values[given]);
            }
            else
            {
                binding.BindOutputToDevice(name, OrtMemoryInfo.DefaultInstance);
            }
        }
    }

    private void RunBound(OnnxGraphSession graph, CancellationToken cancellationToken)
    {
        try
        {
            RunOnce(graph, cancellationToken);
        }
        catch (OnnxRuntimeException) when (_outputs is not null && !_isDynamic && _given.Count < _names.Length && !cancellationToken.IsCancellationRequested)
        {
            // An output's shape may follow from values, and not fit what the last run left.
            _isDynamic = true;
            BindOutputs(_binding!);
            RunOnce(graph, cancellationToken);
        }
    }

    private void RunOnce(OnnxGraphSession graph, CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled)
        {
            graph.Session.RunWithBinding(OnnxSession.Uncancellable, _binding);
            return;
        }

        _options.Terminate = false;
        using var registration = cancellationToken.UnsafeRegister(static state => ((RunOptions)state!).Terminate = true, _options);
        graph.Session.RunWithBinding(_options, _binding);
    }

    private void TakeOutputs()
    {
        var results = _binding!.GetOutputValues();
        var values = new ModelValue[_names.Length];
        for (var i = 0; i < values.Length; i++)
        {
            if (_given.TryGetValue(_names[i], out var target))
            {
                results[i].Dispose();
                values[i] = target;
            }
            else
            {
                values[i] = OnnxOutputs.Take(results[i]);
            }
        }

        DisposeOutputs();
        _outputs = new ModelOutputs(_names, values);
    }

    private void Unbind()
    {
        DisposeOutputs();
        _binding?.Dispose();
        _binding = null;
        _graph = null;
    }

    // Tensors that were given stay their owner's.
    private void DisposeOutputs()
    {
        for (var i = 0; _outputs is not null && i < _names.Length; i++)
        {
            if (!_given.ContainsKey(_names[i]))
            {
                _outputs[i].Dispose();
            }
        }

        _outputs = null;
    }
}
