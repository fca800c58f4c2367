namespace EdgeAI.Benchmarks.Cluster;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchmarkOptions
{
    public const string Usage = """
        Usage: dotnet run -c Release --project bench/EdgeAI.Benchmarks.Cluster -- [options]
          --only MEASURE,...   only these measures
          --corpus DIR         what eng/make-corpus.sh made, for pulls (default: edgeai-corpus in the temporary folder)
          --json FILE          also writes [{"measure","value","peer","unit"}] there
          --repeats N          how often each side is measured, turn by turn (default: 5)
        """;

    public IReadOnlyList<string> Only { get; init; } = [];

    public string Corpus { get; init; } = Path.Combine(Path.GetTempPath(), "edgeai-corpus");

    public string? Json { get; init; }

    public int Repeats { get; init; } = 5;

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
                "--corpus" => options with { Corpus = value },
                "--json" => options with { Json = value },
                "--repeats" => options with { Repeats = int.TryParse(value, out var count) && count > 0 ? count : throw new ArgumentException($"--repeats is '{value}'; it must be a number above 0.") },
                _ => throw new ArgumentException($"'{args[i]}' is not an option."),
            };
        }

        return options;
    }

    /// <summary>Whether a measure is asked for.</summary>
    public bool Wants(string measure) => Only.Count == 0 || Only.Contains(measure);
}
