using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeAI.Storage.Durability;

namespace EdgeAI.Storage.Materializing;

/// <summary>
/// Lengths and times of hot files that are known to be whole: while they are the same, nobody has written to them, and they need not be hashed to be used. Who doubts files deletes their
/// stamps, and the next who wants them compares them with their checksums.
/// </summary>
internal static partial class HotStamps
{
    public const string FileName = "stamps.json";

    /// <summary>Notes how the files look now; they have been compared with their checksums, or written, by the caller.</summary>
    public static async ValueTask WriteAsync(string directory, IEnumerable<HotFileRecord> files, CancellationToken cancellationToken)
    {
        HotStamp[] stamps = [.. files.Select(file => Take(directory, file.Path))];
        var path = Path.Combine(directory, FileName);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            var file = DurableFile.Create(temporary);
            await using (file.ConfigureAwait(false))
            {
                await file.WriteAsync(Serialize(new HotStampRecord(stamps, CheckOf(stamps))), cancellationToken).ConfigureAwait(false);
                await DurableFile.FlushAsync(file, cancellationToken).ConfigureAwait(false);
            }

            DurableFile.Replace(temporary, path);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Whether the files look as they did; no when nobody noted how.</summary>
    public static bool Match(string directory)
    {
        try
        {
            return Read(directory).All(stamp => Take(directory, stamp.Path) == stamp);
        }
        catch (Exception exception) when (exception is IOException or JsonException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>What is wrong with the stamps themselves; null when nothing is, or they were deleted.</summary>
    public static string? FindProblem(string directory)
    {
        try
        {
            _ = Read(directory);
            return null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (JsonException exception)
        {
            return $"'{FileName}' can't be read: {exception.Message}";
        }
    }

    /// <summary>Says that the files must be compared with their checksums before they are used again.</summary>
    public static void Doubt(string directory) => File.Delete(Path.Combine(directory, FileName));

    private static IReadOnlyList<HotStamp> Read(string directory) =>
        JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(directory, FileName)), StampsJsonContext.Default.HotStampRecord) is { } record
            && record.Check == CheckOf(record.Files)
            ? record.Files
            : throw new JsonException($"'{FileName}' has changed.");

    private static HotStamp Take(string directory, string path)
    {
        var file = new FileInfo(Path.Combine(directory, path));
        return new HotStamp(path, file.Length, file.LastWriteTimeUtc.Ticks);
    }

    private static string CheckOf(IReadOnlyList<HotStamp> files) => HotChecksums.HashOf(Serialize(new HotStampRecord(files, string.Empty)));

    private static byte[] Serialize(HotStampRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, StampsJsonContext.Default.HotStampRecord);

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true)]
    [JsonSerializable(typeof(HotStampRecord))]
    private sealed partial class StampsJsonContext : JsonSerializerContext;
}
