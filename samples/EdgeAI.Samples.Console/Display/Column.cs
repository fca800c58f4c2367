namespace EdgeAI.Samples.Display;

/// <summary>A column of a table.</summary>
/// <param name="Title">What stands above it.</param>
/// <param name="Width">How many characters it takes where columns are only padded.</param>
/// <param name="AlignRight">Whether it holds numbers.</param>
internal sealed record Column(string Title, int Width, bool AlignRight = false)
{
    public string Pad(string cell) => AlignRight ? cell.PadLeft(Width) : cell.PadRight(Width);
}
