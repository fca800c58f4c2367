using System.Globalization;
using System.Text.Json;
using EdgeAI.Benchmarks.Runtime.Processes;

namespace EdgeAI.Benchmarks.Runtime.Loading;

/// <summary>Loads and runs each model by EdgeAI and by plain ONNX Runtime, each in new processes, turn by turn, and prints medians and ratios.</summary>
internal static class LoadComparison
{
    private const int DefaultRepeats = 9;

    private static readonly (string Measure, string Unit, Func<LoadMeasurement, double> Value)[] Measures =
    [
        ("load, new process", "ms", m => m.FirstLoad),
        ("load again", "ms", m => m.LoadAgain),
        ("first run", "ms", m => m.FirstRun),
        ("run", "ms", m => m.Run),
        ("RssAnon of load", "MB", m => m.AnonymousMemory),
        ("RssFile of load", "MB", m => m.FileMemory),
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        var models = Option(args, "--models") ?? Path.Combine("data", "models");
        var repeats = int.Parse(Option(args, "--repeats") ?? DefaultRepeats.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        if (BenchmarkModel.Ocr.FirstOrDefault(model => !File.Exists(Path.Combine(models, model.File))) is { } missing)
        {
            Console.Error.WriteLine($"There is no '{Path.Combine(models, missing.File)}'. Get the models by 'bash eng/fetch-models.sh', or name their folder: --models DIR.");
            return 1;
        }

        var directory = Directory.CreateTempSubdirectory("edgeai-bench-").FullName;
        try
        {
            foreach (var model in BenchmarkModel.Ocr)
            {
                await LoadProbe.PrepareAsync(model, models, directory);
            }

            Console.WriteLine($"| model | measure | plain | EdgeAI | EdgeAI / plain |{Environment.NewLine}|---|---|---|---|---|");
            foreach (var model in BenchmarkModel.Ocr)
            {
                await CompareAsync(model, directory, repeats);
            }

            return 0;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task CompareAsync(BenchmarkModel model, string directory, int repeats)
    {
        var plain = new List<LoadMeasurement>();
        var edge = new List<LoadMeasurement>();
        for (var i = 0; i < repeats; i++)
        {
            plain.Add(await ProbeAsync(LoadProbe.Plain, model, directory));
            edge.Add(await ProbeAsync(LoadProbe.Edge, model, directory));
        }

        foreach (var (measure, unit, value) in Measures)
        {
            var (theirs, ours) = (Median(plain.Select(value)), Median(edge.Select(value)));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {model.Name} | {measure} | {theirs:F1} {unit} | {ours:F1} {unit} | {ours / theirs:F2} |"));
        }

        Console.WriteLine($"| {model.Name} | output | | {(plain[0].Output == edge[0].Output ? "same bits" : "other bits")} | |");
    }

    private static async Task<LoadMeasurement> ProbeAsync(string side, BenchmarkModel model, string directory) =>
        JsonSerializer.Deserialize<LoadMeasurement>(await Command.ToProbe(LoadProbe.Command, side, model.Name, directory).RunAsync())!;

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    private static string? Option(string[] args, string name) =>
        Array.IndexOf(args, name) is >= 0 and var index && index + 1 < args.Length ? args[index + 1] : null;
}
