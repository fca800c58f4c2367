using System.Text.Json;

namespace EdgeAI.AspNetCore.Rest;

/// <summary>The JSON that a reader is on, so that a part of it can be read by other means.</summary>
/// <param name="json">All of it.</param>
/// <param name="maxDepth">How deep it may be nested.</param>
internal ref struct JsonSource(ReadOnlySpan<byte> json, int maxDepth)
{
    private readonly ReadOnlySpan<byte> _json = json;
    private int _start;

    /// <summary>The JSON from a value on.</summary>
    public readonly JsonSource From(int position) => new(_json, maxDepth) { _start = position };

    /// <summary>Begins to read; what follows the first value is left alone when it does not begin at the beginning.</summary>
    public readonly Utf8JsonReader Read() => new(_json[_start..], new JsonReaderOptions { MaxDepth = maxDepth, AllowMultipleValues = _start > 0 });

    /// <summary>Where the reader's token begins, for <see cref="From"/>.</summary>
    public readonly int PositionOf(in Utf8JsonReader reader) => _start + (int)reader.TokenStartIndex;

    /// <summary>What comes after the reader's token.</summary>
    public readonly ReadOnlySpan<byte> After(in Utf8JsonReader reader) => _json[(_start + (int)reader.BytesConsumed)..];

    /// <summary>Takes the reader over what was read by other means. It must have been whole values of the array that the reader has just entered, up to its end.</summary>
    public void Pass(ref Utf8JsonReader reader, int length)
    {
        _start += (int)reader.BytesConsumed + length;
        reader = new Utf8JsonReader(_json[_start..], isFinalBlock: true, reader.CurrentState);
    }
}
