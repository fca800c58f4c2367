namespace EdgeAI.Samples.CommandLine;

/// <summary>Reads the command line.</summary>
internal static class ArgumentParser
{
    public static SampleArguments Parse(string[] args)
    {
        if (args.Contains("--help") || args.Contains("-h"))
        {
            return new SampleArguments(SampleCommand.Help);
        }

        var (command, rest) = args switch
        {
            ["ocr", ..] => (SampleCommand.ReadText, args[1..]),
            ["vad", ..] => (SampleCommand.DetectSpeech, args[1..]),
            ["draw-sample", ..] => (SampleCommand.DrawSample, args[1..]),
            ["help"] => (SampleCommand.Help, []),
            _ => (SampleCommand.ReadText, args),
        };
        return ParseOptions(new SampleArguments(command), rest);
    }

    private static SampleArguments ParseOptions(SampleArguments arguments, string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            arguments = args[i].StartsWith('-')
                ? WithOption(arguments, args[i], args.ElementAtOrDefault(++i))
                : WithInput(arguments, args[i]);
        }

        return arguments;
    }

    private static SampleArguments WithInput(SampleArguments arguments, string input) =>
        arguments.Input is null
            ? arguments with { Input = input }
            : throw new SampleException($"There is one file too many: '{input}'. Give one file at a time; --help lists what goes.");

    private static SampleArguments WithOption(SampleArguments arguments, string option, string? value) => option switch
    {
        "--models" => arguments with { ModelsDirectory = Require(option, value) },
        "--data" => arguments with { DataDirectory = Path.GetFullPath(Require(option, value)) },
        "--out" => arguments with { Output = Require(option, value) },
        "--font" => arguments with { Font = Require(option, value) },
        _ => throw new SampleException($"There is no option '{option}'. --help lists what goes."),
    };

    private static string Require(string option, string? value) =>
        string.IsNullOrEmpty(value) || value.StartsWith("--", StringComparison.Ordinal)
            ? throw new SampleException($"The option '{option}' wants a path after it. --help lists what goes.")
            : value;
}
