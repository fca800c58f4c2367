namespace EdgeAI.Samples.Ocr;

/// <summary>The characters that a recogniser knows, by class.</summary>
internal sealed class CharacterSet
{
    /// <summary>The class of "no character here".</summary>
    public const int Blank = 0;

    private readonly string[] _characters;

    private CharacterSet(string[] characters) => _characters = characters;

    public int Count => _characters.Length;

    public string this[int index] => _characters[index];

    /// <summary>Reads a key file: one character a line. The models have the blank before them and the space after them.</summary>
    public static CharacterSet Load(string path) => FromKeys(File.ReadAllLines(path));

    public static CharacterSet FromKeys(IEnumerable<string> keys) => new(["", .. keys, " "]);
}
