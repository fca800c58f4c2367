using System.Globalization;

namespace EdgeAI.Benchmarks.Serving;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchmarkOptions
{
    public const string Usage = """
        Usage: dotnet run -c Release --project bench/EdgeAI.Benchmarks.Serving -- [options]
          --only MEASURE,...   only these measures: rps_over_bare, batched_over_bare, remote_over_local, remote_killed_recovery_s, soak
          --models DIR         what eng/fetch-models.sh got (default: data/models)
          --json FILE          also writes [{"measure","value","peer","unit"}] there
          --repeats N          how often each side is measured, turn by turn (default: 3)
          --seconds N          how long each time (default: 4)
          --soak-minutes N     how long the soak takes (default: 10)
        """;

    public IReadOnlyList<string> Only { get; init; } = [];

    public string Models { get; init; } = Path.Combine("data", "models");

    public string? Json { get; init; }

    public int Repeats { get; init; } = 3;

    public int Seconds { get; init; } = 4;

    public double SoakMinutes { get; init; } = 10;

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
                "--models" => options with { Models = value },
                "--json" => options with { Json = value },
                "--repeats" => options with { Repeats = (int)Number(args[i], value) },
                "--seconds" => options with { Seconds = (int)Number(args[i], value) },
                "--soak-minutes" => options with { SoakMinutes = Number(args[i], value) },
                _ => throw new ArgumentException($"'{args[i]}' is not an option."),
            };
        }

        return options;
    }

    /// <summary>Whether a measure is asked for.</summary>
    public bool Wants(string measure) => Only.Count == 0 || Only.Contains(measure);

    private static double Number(string option, string value) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new ArgumentException($"{option} is '{value}'; it must be a number above 0.");
}
