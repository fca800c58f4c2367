namespace EdgeAI.Storage.Importing;

/// <summary>
/// What a model says of itself, within bounds. A long property (a list of classes, a vocabulary, a licence text) stays in the file; the manifest is for what people
/// look up.
/// </summary>
internal sealed class ModelMetadata
{
    /// <summary>The longest key or value that is kept.</summary>
    public const int MaxLength = 1 << 12;

    private const int MaxEntries = 256;

    private readonly SortedDictionary<string, string> _entries = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Entries => _entries;

    /// <summary>Keeps an entry, unless it is empty, too long or one too many; a later one of a key wins.</summary>
    public void Add(string key, string value)
    {
        if (key.Length is > 0 and <= MaxLength && value.Length is > 0 and <= MaxLength && (_entries.Count < MaxEntries || _entries.ContainsKey(key)))
        {
            _entries[key] = value;
        }
    }
}
