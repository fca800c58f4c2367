using System.Security.Cryptography;
using System.Text;

namespace EdgeAI.Trust;

/// <summary>Files that should hold a key.</summary>
internal static class KeyFiles
{
    // No key is near this long; a model named by mistake is not read whole.
    private const int MaxLength = 64 << 10;

    /// <summary>Whether an exception says that bytes are no key: systems have several for a curve that they do not know.</summary>
    public static bool IsRefusal(Exception exception) => exception is ArgumentException or CryptographicException or PlatformNotSupportedException;

    public static string ReadText(string path) => Encoding.UTF8.GetString(ReadBytes(path));

    public static byte[] ReadBytes(string path)
    {
        try
        {
            return new FileInfo(path).Length <= MaxLength
                ? File.ReadAllBytes(path)
                : throw new InvalidModelKeyException($"'{path}'", "the file is too long for a key");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidModelKeyException($"'{path}'", $"the file can't be read ({exception.Message.TrimEnd('.')})", exception);
        }
    }
}
