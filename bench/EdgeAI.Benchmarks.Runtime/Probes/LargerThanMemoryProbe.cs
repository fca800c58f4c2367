using System.Diagnostics;
using System.Text.Json;
using EdgeAI.Benchmarks.Runtime.Processes;
using EdgeAI.Inference;

namespace EdgeAI.Benchmarks.Runtime.Probes;

/// <summary>Runs a model in a process that has less memory than the model's weights, and reads the same file as fast as the disk gives it.</summary>
internal static class LargerThanMemoryProbe
{
    public const string Argument = "larger-probe";

    private const int Runs = 5;
    private const int Window = 4 << 20;

    public static async Task<LargerThanMemoryResult> MeasureAsync(MemoryGroup group, string file, string data) =>
        JsonSerializer.Deserialize<LargerThanMemoryResult>(await group.Wrap(Command.ToProbe(Argument, file, data)).RunAsync())!;

    public static async Task<int> RunAsync(string file, string data)
    {
        await using var edge = EdgeRuntime.Create(options => options.DataDirectory = data);
        var clock = Stopwatch.StartNew();
        await using var lease = await edge.Engine.LoadAsync(Path.GetFileNameWithoutExtension(file));
        var ready = clock.Elapsed.TotalMilliseconds;
        var runs = new List<double>();
        var reads = new List<double>();
        for (var i = 0; i < Runs; i++)
        {
            clock.Restart();
            using (lease.Run(new ModelInputs { ["input_ids"] = TensorValue.Create(new long[] { 7 }, 1, 1) }))
            {
                runs.Add(clock.Elapsed.TotalMilliseconds);
            }

            clock.Restart();
            Read(file);
            reads.Add(clock.Elapsed.TotalMilliseconds);
        }

        Console.WriteLine(JsonSerializer.Serialize(new LargerThanMemoryResult(ready, BenchmarkContext.Median(runs), BenchmarkContext.Median(reads))));
        return 0;
    }

    // Each pass is longer than what the group may keep in the page cache, so that nothing of it is there when the next one begins.
    private static void Read(string file)
    {
        using var handle = File.OpenHandle(file, options: FileOptions.SequentialScan);
        var buffer = new byte[Window];
        for (long offset = 0, read = 1; read > 0; offset += read)
        {
            read = RandomAccess.Read(handle, buffer, offset);
        }
    }
}
