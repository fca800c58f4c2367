using System.Globalization;
using EdgeAI.Benchmarks.Runtime.Loading;
using EdgeAI.Benchmarks.Runtime.Measures;
using EdgeAI.Benchmarks.Runtime.Reporting;
using EdgeAI.Inference;

namespace EdgeAI.Benchmarks.Runtime.Swapping;

/// <summary><c>swaps_rss_drift</c>: what the process has resident after 10,000 swaps over small models, each run after it came in, over what it had after the first 500; all are out both times.</summary>
internal sealed class SwapDriftMeasure : IMeasure
{
    public const string Name = "swaps_rss_drift";

    private const int Swaps = 10_000;
    private const int WarmUp = 500;

    public async Task RunAsync(BenchmarkContext context)
    {
        if (!context.Options.Wants(Name))
        {
            return;
        }

        BenchmarkContext.Say(Name);
        await using var edge = EdgeRuntime.Create(options => options.DataDirectory = context.Folder("data-swaps"));
        var models = new List<(IModelLease Lease, Func<ModelInputs> Inputs)>();
        foreach (var ocr in BenchmarkModel.Ocr.Where(model => File.Exists(Path.Combine(context.Options.Models, model.File))))
        {
            await SwapModels.ImportAsync(edge, ocr.Name, Path.Combine(context.Options.Models, ocr.File));

            // Of the smallest picture: it is the swap that is measured.
            long[] shape = [1, 3, 48, 64];
            var pixels = new float[3 * 48 * 64];
            models.Add((await edge.Engine.LoadAsync(ocr.Name), () => new ModelInputs { ["x"] = TensorValue.Create(pixels, shape) }));
        }

        var input = LayeredModel.MakeInput();
        foreach (var layered in LayeredModel.Spread(8 - models.Count, 4 << 20, 40 << 20))
        {
            await SwapModels.ImportAsync(edge, layered.Name, layered.Ensure(context.Folder("models")));
            models.Add((await edge.Engine.LoadAsync(layered.Name), () => LayeredModel.MakeInputs(input)));
        }

        await SwapAsync(edge, models, WarmUp);
        var before = ReadResident();
        await SwapAsync(edge, models, Swaps);
        var after = ReadResident();
        context.Report.Add(Name, after / before, "before", Measurement.Ratio);
        context.Report.Add(Name + "_before", before, Measurement.Ours, Measurement.Megabytes);
        context.Report.Add(Name + "_after", after, Measurement.Ours, Measurement.Megabytes);
        foreach (var (lease, _) in models)
        {
            await lease.DisposeAsync();
        }
    }

    private static async Task SwapAsync(EdgeRuntime edge, List<(IModelLease Lease, Func<ModelInputs> Inputs)> models, int swaps)
    {
        var random = new Random(20260101);
        for (var i = 0; i < swaps; i++)
        {
            var (lease, inputs) = models[random.Next(models.Count)];
            using (lease.Run(inputs()))
            {
            }

            await edge.Engine.SwapOutAsync(lease.Reference);
        }

        foreach (var (lease, _) in models)
        {
            await edge.Engine.SwapOutAsync(lease.Reference);
        }

        // Memory is given back a second after the last swap.
        await Task.Delay(TimeSpan.FromSeconds(2));
    }

    private static double ReadResident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var memory = ResidentMemory.Read();
        BenchmarkContext.Say(string.Create(CultureInfo.InvariantCulture, $"{Name}: {memory.Anonymous:F1} MB anonymous, {memory.File:F1} MB of files"));
        return memory.Anonymous + memory.File;
    }
}
