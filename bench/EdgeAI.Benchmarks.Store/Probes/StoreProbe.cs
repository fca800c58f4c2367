using System.Diagnostics;
using System.Text.Json;
using EdgeAI.Benchmarks.Store.Corpora;
using EdgeAI.Benchmarks.Store.Processes;
using EdgeAI.Models;
using EdgeAI.Storage;

namespace EdgeAI.Benchmarks.Store.Probes;

/// <summary>Does one thing with the store in a process of its own, and prints what it found as a line of JSON.</summary>
internal static class StoreProbe
{
    public const string Argument = "probe";

    private const string Idle = "idle";
    private const string Import = "import";
    private const string Export = "export";
    private const string Materialize = "materialize";

    /// <summary>A process that does nothing: what .NET itself takes.</summary>
    public static Task<ProbeResult> IdleAsync() => StartAsync(Idle);

    /// <summary>Imports models into a new store.</summary>
    public static Task<ProbeResult> ImportAsync(CorpusSelection models, string store) =>
        StartAsync([Import, models.Root, store, .. models.Models.Select(model => model.MainFile.Path)]);

    /// <summary>Exports all models of a store, each into <see cref="ExportFolder"/> of the target.</summary>
    public static Task<ProbeResult> ExportAsync(string store, string target) => StartAsync(Export, store, target);

    /// <summary>Lays a model out twice; the time is the second one's, in which nothing is compiled.</summary>
    public static Task<ProbeResult> MaterializeAsync(string store, ModelReference model) => StartAsync(Materialize, store, model.ToString());

    public static string ExportFolder(string target, ModelReference model) => Path.Combine(target, model.Name, model.Tag!);

    public static async Task<int> RunAsync(string[] operation)
    {
        var refused = new List<RefusedModel>();
        var seconds = operation switch
        {
            [Idle] => 0,
            [Import, var corpus, var store, .. var paths] => await RunImportAsync(Corpus.Load(corpus), store, paths.ToHashSet(), refused),
            [Export, var store, var target] => await RunExportAsync(store, target),
            [Materialize, var store, var model] => await RunMaterializeAsync(store, model, refused),
            _ => throw new ArgumentException($"There is no probe '{string.Join(' ', operation)}'.", nameof(operation)),
        };
        Console.WriteLine(JsonSerializer.Serialize(new ProbeResult(seconds, PeakMemory.Read(), refused)));
        return 0;
    }

    private static async Task<double> RunImportAsync(Corpus corpus, string directory, HashSet<string> paths, List<RefusedModel> refused)
    {
        var selection = corpus.Select();
        var store = ModelStore.Open(directory);
        var clock = Stopwatch.StartNew();
        foreach (var model in selection.Models.Where(model => paths.Contains(model.MainFile.Path)))
        {
            try
            {
                await store.ImportAsync(model.Reference, ModelSource.FromFile(selection.FullPath(model.MainFile)));
            }
            catch (InvalidModelException exception)
            {
                refused.Add(RefusedModel.From(model.MainFile.Path, exception));
            }
        }

        return clock.Elapsed.TotalSeconds;
    }

    private static async Task<double> RunExportAsync(string directory, string target)
    {
        var store = ModelStore.Open(directory);
        var models = await store.ListAsync();
        var clock = Stopwatch.StartNew();
        foreach (var model in models)
        {
            await store.ExportAsync(model.Reference, ExportFolder(target, model.Reference));
        }

        return clock.Elapsed.TotalSeconds;
    }

    private static async Task<double> RunMaterializeAsync(string directory, string model, List<RefusedModel> refused)
    {
        var store = ModelStore.Open(directory);
        try
        {
            (await store.MaterializeAsync(model)).Dispose();
            Directory.Delete(Path.Combine(directory, "hot"), recursive: true);
            var clock = Stopwatch.StartNew();
            using var hot = await store.MaterializeAsync(model);
            return clock.Elapsed.TotalSeconds;
        }
        catch (Exception exception) when (exception is EdgeAIException or NotSupportedException)
        {
            refused.Add(new RefusedModel(model, "is not laid out: " + exception.Message));
            return 0;
        }
    }

    private static async Task<ProbeResult> StartAsync(params string[] operation) =>
        JsonSerializer.Deserialize<ProbeResult>(await new Command(FindProgram(), [Argument, .. operation]).RunAsync())!;

    // The one that is compiled ahead; where the build made none, this one.
    private static string FindProgram()
    {
        var program = Environment.ProcessPath!;
        var ahead = Path.Combine(AppContext.BaseDirectory, "ahead", Path.GetFileName(program));
        return File.Exists(ahead) ? ahead : program;
    }
}
