using System.IO.Hashing;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Manifests;
using Microsoft.Win32.SafeHandles;

namespace EdgeAI.Storage.Materializing;

/// <summary>The checksums that stand beside hot files, so that a verification can tell whether they are still what was made.</summary>
internal static partial class HotChecksums
{
    public const string FileName = "checksums.json";

    private const int BufferSize = 1 << 20;

    public static async ValueTask WriteAsync(string directory, IReadOnlyList<HotChecksum> checksums, CancellationToken cancellationToken)
    {
        var file = DurableFile.Create(Path.Combine(directory, FileName));
        await using (file.ConfigureAwait(false))
        {
            await JsonSerializer.SerializeAsync(file, checksums, ChecksumsJsonContext.Default.IReadOnlyListHotChecksum, cancellationToken).ConfigureAwait(false);
            await DurableFile.FlushAsync(file, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads the hot files in a folder back.</summary>
    /// <returns>What is wrong; null when nothing is.</returns>
    public static async ValueTask<string?> FindProblemAsync(string directory, CancellationToken cancellationToken)
    {
        try
        {
            var json = await File.ReadAllBytesAsync(Path.Combine(directory, FileName), cancellationToken).ConfigureAwait(false);
            foreach (var checksum in JsonSerializer.Deserialize(json, ChecksumsJsonContext.Default.IReadOnlyListHotChecksum) ?? [])
            {
                using var file = File.OpenHandle(Path.Combine(directory, RelativePath.IsSafe(checksum.File) ? checksum.File : Path.GetFileName(checksum.File)));
                if (await HashAsync(file, checksum.Offset, checksum.Length, cancellationToken).ConfigureAwait(false) != checksum.Hash)
                {
                    return $"'{checksum.File}' has changed at byte {checksum.Offset} or after";
                }
            }

            return null;
        }
        catch (Exception exception) when (exception is IOException or JsonException or UnauthorizedAccessException)
        {
            return $"it can't be read: {exception.Message}";
        }
    }

    public static async ValueTask<string> HashAsync(SafeFileHandle file, long offset, long length, CancellationToken cancellationToken)
    {
        var hash = new XxHash128();
        var buffer = new byte[BufferSize];
        while (length > 0)
        {
            var read = await RandomAccess.ReadAsync(file, buffer.AsMemory(0, (int)Math.Min(length, buffer.Length)), offset, cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }

            hash.Append(buffer.AsSpan(0, read));
            (offset, length) = (offset + read, length - read);
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    // A damaged file may have lost a property; it must be heard of as damage.
    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true)]
    [JsonSerializable(typeof(IReadOnlyList<HotChecksum>))]
    private sealed partial class ChecksumsJsonContext : JsonSerializerContext;
}
