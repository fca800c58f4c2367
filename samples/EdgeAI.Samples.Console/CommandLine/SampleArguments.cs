namespace EdgeAI.Samples.CommandLine;

/// <summary>The command line, understood.</summary>
internal sealed record SampleArguments(SampleCommand Command)
{
    /// <summary>The picture or sound to work on; null for the sample's own.</summary>
    public string? Input { get; init; }

    /// <summary>A folder with the model files; null to get them as a package.</summary>
    public string? ModelsDirectory { get; init; }

    /// <summary>Where the store and everything else is kept.</summary>
    public string DataDirectory { get; init; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "EdgeAI",
        "samples");

    /// <summary>Where the annotated picture goes; null for a place in the data directory.</summary>
    public string? Output { get; init; }

    /// <summary>The font file that the sample picture is drawn with.</summary>
    public string? Font { get; init; }
}
