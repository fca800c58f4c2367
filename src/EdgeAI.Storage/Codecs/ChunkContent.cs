using EdgeAI.Storage.Codecs.Elements;

namespace EdgeAI.Storage.Codecs;

/// <summary>A chunk to encode, and what is known of it.</summary>
/// <param name="plain">The chunk.</param>
/// <param name="form">Its elements' form.</param>
internal readonly ref struct ChunkContent(ReadOnlySpan<byte> plain, ElementForm form)
{
    public ReadOnlySpan<byte> Plain { get; } = plain;

    public ElementForm Form { get; } = form;

    /// <summary>A stored chunk that it may resemble; empty when there is none.</summary>
    public ReadOnlySpan<byte> Base { get; init; }

    /// <summary>How many elements a row of the tensor has; 0 where that is not known. Quantisers give a row a scale of its own.</summary>
    public long RowLength { get; init; }

    /// <summary>Which element of the tensor the chunk begins with.</summary>
    public long FirstElement { get; init; }

    /// <summary>The form of that chunk's elements.</summary>
    public ElementForm BaseForm { get; init; }
}
