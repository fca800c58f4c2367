using EdgeAI.Benchmarks.Runtime.Models;
using EdgeAI.Benchmarks.Runtime.Probes;
using EdgeAI.Benchmarks.Runtime.Processes;
using EdgeAI.Benchmarks.Runtime.Reporting;

namespace EdgeAI.Benchmarks.Runtime.Measures;

/// <summary>
/// <c>larger_than_memory_run</c>: one run of the 1.5 GB model in a control group of 700 MB, over one reading of a file of its size from the same disk, turn by turn in the same process. Bare ONNX Runtime is tried in the same
/// group.
/// </summary>
internal sealed class LargerThanMemoryMeasure : IMeasure
{
    public const string Name = "larger_than_memory_run";

    private const long Limit = 700_000_000;

    public async Task RunAsync(BenchmarkContext context)
    {
        if (!context.Options.Wants(Name))
        {
            return;
        }

        using var group = MemoryGroup.TryCreate(Limit);
        if (group is null)
        {
            BenchmarkContext.Say($"{Name}: left out; this process may make no control group");
            return;
        }

        var model = LanguageModel.Large.Shrink(context.Options.Layers);
        BenchmarkContext.Say($"{Name}: {model.Name}");
        var file = model.Ensure(context.Folder("models"));
        var data = context.Folder("data-" + model.Name);
        await ModelProbe.PrepareAsync(file, data);
        var results = new List<LargerThanMemoryResult>();
        for (var i = 0; i < context.Options.Repeats; i++)
        {
            await DropFromCacheAsync(file, data);
            results.Add(await LargerThanMemoryProbe.MeasureAsync(group, file, data));
        }

        var (run, read) = (BenchmarkContext.Median(results.Select(result => result.Run)), BenchmarkContext.Median(results.Select(result => result.Read)));
        context.Report.Add(Name, run / read, "reading the file", Measurement.Ratio);
        context.Report.Add(Name, run, Measurement.Ours, Measurement.Milliseconds);
        context.Report.Add(Name + "_read", read, "disk", Measurement.Milliseconds);
        context.Report.Add(Name + "_ready", BenchmarkContext.Median(results.Select(result => result.Ready)), Measurement.Ours, Measurement.Milliseconds);
        try
        {
            await DropFromCacheAsync(file, data);
            var bare = await ModelProbe.BareAsync(file, group);
            context.Report.Add(Name, bare.SteadyOne, Measurement.Bare, Measurement.Milliseconds);
        }
        catch (CommandException exception)
        {
            BenchmarkContext.Say($"{Name}: {Measurement.Bare} did not get through: {exception.Message}");
        }
    }

    // Pages count for the group that brought them into the cache; what this process has read would be free for the one that is measured.
    private static async Task DropFromCacheAsync(string file, string data)
    {
        await new Command("sync", []).RunAsync();
        foreach (var path in Directory.EnumerateFiles(data, "*", SearchOption.AllDirectories).Append(file))
        {
            await new Command("dd", [$"if={path}", "iflag=nocache", "count=0", "status=none"]).RunAsync();
        }
    }
}
