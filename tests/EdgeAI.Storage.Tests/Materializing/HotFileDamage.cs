namespace EdgeAI.Storage.Tests.Materializing;

/// <summary>Does to a hot file what nobody may: whoever has the file under another name has it too.</summary>
internal static class HotFileDamage
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Writes over a file; its rights are then as they were.</summary>
    public static async Task WriteAsync(string path, byte[] content)
    {
        if (OperatingSystem.IsWindows())
        {
            await File.WriteAllBytesAsync(path, content, Cancellation);
            return;
        }

        var mode = File.GetUnixFileMode(path);
        File.SetUnixFileMode(path, mode | UnixFileMode.UserWrite);
        await File.WriteAllBytesAsync(path, content, Cancellation);
        File.SetUnixFileMode(path, mode);
    }

    /// <summary>Changes a bit.</summary>
    public static async Task FlipAsync(string path)
    {
        var content = await File.ReadAllBytesAsync(path, Cancellation);
        content[^100] ^= 1;
        await WriteAsync(path, content);
    }
}
