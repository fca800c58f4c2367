namespace EdgeAI.Memory;

/// <summary>Small files of the kernel, which may not be there or not be ours to read.</summary>
internal static class TextFile
{
    /// <summary>The lines of a file; none when it can't be read.</summary>
    public static IReadOnlyList<string> ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
