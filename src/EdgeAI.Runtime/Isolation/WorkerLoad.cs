using EdgeAI.Configuration;
using EdgeAI.Memory;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Storage;

namespace EdgeAI.Isolation;

/// <summary>What a worker loads, and how: as much of a hot model and of the options as ONNX Runtime's providers ask for.</summary>
internal sealed record WorkerLoad
{
    /// <summary>The model's file, for messages.</summary>
    public required string Name { get; init; }

    public required ModelFormat Format { get; init; }

    public required IReadOnlyList<string> Operators { get; init; }

    public required HotFiles Files { get; init; }

    public required string DerivedDirectory { get; init; }

    public required ExecutionDevice Device { get; init; }

    public required int CpuThreads { get; init; }

    public required WeightPacking WeightPacking { get; init; }

    public required bool KeepPackedWeights { get; init; }

    public required IReadOnlyDictionary<string, string> ProviderLibraries { get; init; }

    /// <summary>The bytes that there are for models.</summary>
    public required MemoryUse Room { get; init; }

    public static WorkerLoad Of(IHotModel model, ExecutionDevice device, InferenceOptions options, MemoryUse room) => new()
    {
        Name = model.Manifest.Files[0].Path,
        Format = model.Manifest.Format,
        Operators = model.Manifest.Operators,
        Files = model.Files,
        DerivedDirectory = model.DerivedDirectory,
        Device = device,
        CpuThreads = options.CpuThreads,
        WeightPacking = options.WeightPacking,
        KeepPackedWeights = options.KeepPackedWeights,
        ProviderLibraries = options.ProviderLibraries.ToDictionary(),
        Room = room,
    };

    public InferenceOptions CreateOptions()
    {
        var options = new InferenceOptions { CpuThreads = CpuThreads, WeightPacking = WeightPacking, KeepPackedWeights = KeepPackedWeights };
        foreach (var (name, path) in ProviderLibraries)
        {
            options.ProviderLibraries.Add(name, path);
        }

        return options;
    }
}
