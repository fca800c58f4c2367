using System.Globalization;

namespace EdgeAI.Benchmarks.Store;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchmarkOptions
{
    public const string Usage = """
        Usage: dotnet run -c Release --project bench/EdgeAI.Benchmarks.Store -- --corpus DIR [options]
          --corpus DIR         a corpus of eng/make-corpus.sh: the folder with corpus/ in it, or that folder itself
          --only MEASURE,...   only these measures; a * at the end stands for any rest, such as update_*
          --peers none|fast|all   which peers are measured beside the store (default: fast)
          --repeats N          how often each side of a speed is measured, turn by turn (default: 3)
          --work DIR           where stores and copies are made (default: the temporary folder; what is written there is flushed within the time, on both sides)
          --json FILE          also writes [{"measure","value","peer","unit"}] there
        """;

    public required string Corpus { get; init; }

    public IReadOnlyList<string> Only { get; init; } = [];

    public PeerSelection Peers { get; init; } = PeerSelection.Fast;

    public int Repeats { get; init; } = 3;

    public string? Work { get; init; }

    public string? Json { get; init; }

    /// <exception cref="ArgumentException">The arguments are not what <see cref="Usage"/> says.</exception>
    public static BenchmarkOptions Parse(string[] args)
    {
        var options = new BenchmarkOptions { Corpus = string.Empty };
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : throw new ArgumentException($"'{args[i]}' needs a value.");
            options = args[i] switch
            {
                "--corpus" => options with { Corpus = value },
                "--only" => options with { Only = value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) },
                "--peers" => options with { Peers = ParsePeers(value) },
                "--repeats" => options with { Repeats = ParseRepeats(value) },
                "--work" => options with { Work = value },
                "--json" => options with { Json = value },
                _ => throw new ArgumentException($"'{args[i]}' is not an option."),
            };
        }

        return options.Corpus.Length > 0 ? options : throw new ArgumentException("--corpus is missing.");
    }

    /// <summary>Whether a measure is asked for.</summary>
    public bool Wants(string measure) => Only.Count == 0 || Only.Any(pattern =>
        pattern.EndsWith('*') ? measure.StartsWith(pattern[..^1], StringComparison.Ordinal) : measure == pattern);

    private static PeerSelection ParsePeers(string value) => value switch
    {
        "none" => PeerSelection.None,
        "fast" => PeerSelection.Fast,
        "all" => PeerSelection.All,
        _ => throw new ArgumentException($"--peers is '{value}'; it must be none, fast or all."),
    };

    private static int ParseRepeats(string value) =>
        int.TryParse(value, CultureInfo.InvariantCulture, out var repeats) && repeats > 0
            ? repeats
            : throw new ArgumentException($"--repeats is '{value}'; it must be a number above 0.");
}
