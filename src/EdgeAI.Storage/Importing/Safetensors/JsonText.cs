using System.Text.Json;

namespace EdgeAI.Storage.Importing.Safetensors;

/// <summary>Reads JSON that nobody has vetted; whatever is wrong is a <see cref="MalformedModelException"/>.</summary>
/// <param name="json">The whole text.</param>
/// <param name="start">Where it begins in its file.</param>
internal ref struct JsonText(ReadOnlySpan<byte> json, long start)
{
    private const int MaxDepth = 16;
    private const int MaxTextLength = 1 << 16;

    private Utf8JsonReader _reader = new(json, new JsonReaderOptions { MaxDepth = MaxDepth });

    public readonly JsonTokenType Token => _reader.TokenType;

    /// <summary>Where the token begins in the file.</summary>
    public readonly long Position => start + _reader.TokenStartIndex;

    /// <summary>Goes to the next token, of any kind.</summary>
    public void Next()
    {
        try
        {
            if (_reader.Read())
            {
                return;
            }
        }
        catch (JsonException exception)
        {
            throw Malformed($"the JSON is malformed: {exception.Message}");
        }

        throw Malformed("the JSON is cut short");
    }

    /// <summary>Goes to the next token, which must be of a kind.</summary>
    public void Next(JsonTokenType token)
    {
        Next();
        Expect(token);
    }

    /// <summary>Goes to the next property of an object; false at the object's end.</summary>
    public bool TryNextProperty(out string name)
    {
        Next();
        name = Token == JsonTokenType.EndObject ? string.Empty : GetText(JsonTokenType.PropertyName);
        return Token != JsonTokenType.EndObject;
    }

    /// <summary>Says that nothing but white space follows.</summary>
    public void RequireEnd()
    {
        bool more;
        try
        {
            more = _reader.Read();
        }
        catch (JsonException exception)
        {
            throw Malformed($"the JSON is malformed: {exception.Message}");
        }

        if (more)
        {
            throw Malformed("something follows the JSON");
        }
    }

    /// <summary>Goes to the end of the value that the reader stands at.</summary>
    public void Skip()
    {
        try
        {
            _reader.Skip();
        }
        catch (JsonException exception)
        {
            throw Malformed($"the JSON is malformed: {exception.Message}");
        }
    }

    public readonly string GetText(JsonTokenType token = JsonTokenType.String)
    {
        Expect(token);
        if (_reader.ValueSpan.Length > MaxTextLength)
        {
            throw Malformed($"a name is longer than {MaxTextLength} bytes");
        }

        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // What the reader throws for text that is not UTF-8, or holds half a character.
            throw Malformed("a text is not Unicode");
        }
    }

    public readonly long GetNumber() => Token == JsonTokenType.Number && _reader.TryGetInt64(out var number) && number >= 0
        ? number
        : throw Malformed("something else stands where a whole number of 0 or more should");

    /// <summary>A number, a text or a truth value as text; null for all else, and for what is too long to be metadata.</summary>
    public readonly string? GetScalar() => _reader.ValueSpan.Length > ModelMetadata.MaxLength ? null : Token switch
    {
        JsonTokenType.String => GetText(),
        JsonTokenType.Number => System.Text.Encoding.ASCII.GetString(_reader.ValueSpan),
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        _ => null,
    };

    public readonly void Expect(JsonTokenType token)
    {
        if (Token != token)
        {
            throw Malformed($"{Token} stands in the JSON where {token} should");
        }
    }

    public readonly MalformedModelException Malformed(string reason) => new(reason, Position);
}
