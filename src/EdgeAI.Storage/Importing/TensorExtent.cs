namespace EdgeAI.Storage.Importing;

/// <summary>A tensor whose bytes lie in one run of a file.</summary>
internal record TensorExtent
{
    public required string Name { get; init; }

    public required TensorEncoding Encoding { get; init; }

    /// <summary>The sizes of its dimensions, as its format orders them.</summary>
    public required IReadOnlyList<long> Shape { get; init; }

    /// <summary>The file that holds its bytes, as the model file names it; null for the model file itself.</summary>
    public string? Location { get; init; }

    /// <summary>Where its bytes begin in their file.</summary>
    public required long Offset { get; init; }

    /// <summary>The length of its bytes.</summary>
    public required long Length { get; init; }
}
