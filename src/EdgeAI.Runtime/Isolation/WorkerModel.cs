using EdgeAI.Models;
using EdgeAI.Storage;

namespace EdgeAI.Isolation;

/// <summary>The hot model that the app leases, as its worker sees it.</summary>
internal sealed class WorkerModel(WorkerLoad load) : IHotModel
{
    // The worker has no store, and nobody asks it by a digest.
    public Digest Digest => default;

    public ModelManifest Manifest { get; } = new()
    {
        Schema = ModelManifest.CurrentSchema,
        Format = load.Format,
        Files = [new ModelFile { Path = load.Name, Length = 0, Chunks = [], Tensors = [] }],
        Signature = new ModelSignature([], []),
        Metadata = new Dictionary<string, string>(),
        Operators = load.Operators,
    };

    public HotFiles Files => load.Files;

    public string DerivedDirectory => load.DerivedDirectory;

    public void Dispose()
    {
        // The app has the lease, and gives it back after the worker's end.
    }
}
