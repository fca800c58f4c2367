using BenchmarkDotNet.Attributes;
using EdgeAI.Benchmarks.Runtime.Loading;
using EdgeAI.Inference;
using EdgeAI.Models;
using Microsoft.ML.OnnxRuntime;

namespace EdgeAI.Benchmarks.Runtime.Running;

/// <summary>What a lease adds to a run: time and allocations beside plain ONNX Runtime, with the smallest of the OCR models.</summary>
[MemoryDiagnoser]
public class RunBenchmarks : IAsyncDisposable
{
    /// <summary>The environment variable that names the models' folder; the default is <c>data/models</c>.</summary>
    public const string ModelsVariable = "EDGEAI_MODELS";

    private readonly BenchmarkModel _model = BenchmarkModel.Ocr[1];
    private readonly string _directory = Directory.CreateTempSubdirectory("edgeai-bench-").FullName;
    private readonly RunOptions _options = new();
    private float[] _input = [];
    private InferenceSession _plain = null!;
    private EdgeRuntime _edge = null!;
    private IModelLease _lease = null!;

    /// <summary>Loads the model by both.</summary>
    [GlobalSetup]
    public async Task SetUpAsync()
    {
        var path = Path.Combine(Environment.GetEnvironmentVariable(ModelsVariable)!, _model.File);
        _input = _model.MakeInput();
        _plain = new InferenceSession(path);
        _edge = EdgeRuntime.Create(options => options.DataDirectory = _directory);
        await _edge.Store.ImportAsync(_model.Name, ModelSource.FromFile(path));
        _lease = await _edge.Engine.LoadAsync(_model.Name);
    }

    /// <summary>Unloads.</summary>
    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        await _lease.DisposeAsync();
        await _edge.DisposeAsync();
        _plain.Dispose();
        _options.Dispose();
        Directory.Delete(_directory, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>A run by plain ONNX Runtime.</summary>
    [Benchmark(Baseline = true)]
    public float Plain()
    {
        using var value = OrtValue.CreateTensorValueFromMemory(_input, _model.Shape);
        using var results = _plain.Run(_options, ["x"], [value], _plain.OutputNames);
        return results[0].GetTensorDataAsSpan<float>()[0];
    }

    /// <summary>A run on the calling thread.</summary>
    [Benchmark]
    public float Run()
    {
        using var outputs = _lease.Run(new ModelInputs { ["x"] = TensorValue.Create(_input, _model.Shape) });
        return outputs[0].AsTensor().AsSpan<float>()[0];
    }

    /// <summary>A run on a thread of the pool.</summary>
    [Benchmark]
    public async Task<float> RunAsync()
    {
        using var outputs = await _lease.RunAsync(new ModelInputs { ["x"] = TensorValue.Create(_input, _model.Shape) });
        return outputs[0].AsTensor().AsSpan<float>()[0];
    }
}
