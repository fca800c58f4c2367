using System.Globalization;

namespace EdgeAI.Benchmarks.Runtime;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchmarkOptions
{
    public const string Usage = """
        Usage: dotnet run -c Release --project bench/EdgeAI.Benchmarks.Runtime -- [options]
          --only MEASURE,...   only these measures; a * at the end stands for any rest, such as int4_*
          --json FILE          also writes [{"measure","value","peer","unit"}] there
          --work DIR           where models and stores are made and kept (default: edgeai-bench-runtime in the temporary folder)
          --models DIR         what eng/fetch-models.sh got (default: data/models)
          --repeats N          how often each side is measured, turn by turn (default: 3)
          --layers N           at most so many layers in the large models, for a quick look (default: all)
        Others: -- ocr (loads and runs of the OCR models), -- run (BenchmarkDotNet: what a lease adds to a run)
        """;

    public IReadOnlyList<string> Only { get; init; } = [];

    public string? Json { get; init; }

    public string Work { get; init; } = Path.Combine(Path.GetTempPath(), "edgeai-bench-runtime");

    public string Models { get; init; } = Path.Combine("data", "models");

    public int Repeats { get; init; } = 3;

    public int Layers { get; init; } = int.MaxValue;

    /// <exception cref="ArgumentException">The arguments are not what <see cref="Usage"/> says.</exception>
    public static BenchmarkOptions Parse(string[] args)
    {
        var options = new BenchmarkOptions();
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : throw new ArgumentException($"'{args[i]}' needs a value.");
            options = args[i] switch
            {
                "--only" => options with { Only = value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) },
                "--json" => options with { Json = value },
                "--work" => options with { Work = Path.GetFullPath(value) },
                "--models" => options with { Models = value },
                "--repeats" => options with { Repeats = ParseCount(args[i], value) },
                "--layers" => options with { Layers = ParseCount(args[i], value) },
                _ => throw new ArgumentException($"'{args[i]}' is not an option."),
            };
        }

        return options;
    }

    /// <summary>Whether a measure is asked for.</summary>
    public bool Wants(string measure) => Only.Count == 0 || Only.Any(pattern =>
        pattern.EndsWith('*') ? measure.StartsWith(pattern[..^1], StringComparison.Ordinal) : measure == pattern);

    private static int ParseCount(string name, string value) =>
        int.TryParse(value, CultureInfo.InvariantCulture, out var count) && count > 0
            ? count
            : throw new ArgumentException($"{name} is '{value}'; it must be a number above 0.");
}
