using System.Buffers;
using System.Globalization;
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

    /// <summary>The checksum of a run's bytes.</summary>
    public static string HashOf(ReadOnlySpan<byte> run) => XxHash128.HashToUInt128(run).ToString("x32", CultureInfo.InvariantCulture);

    public static async ValueTask WriteAsync(string directory, IReadOnlyList<HotFileRecord> files, CancellationToken cancellationToken)
    {
        var file = DurableFile.Create(Path.Combine(directory, FileName));
        await using (file.ConfigureAwait(false))
        {
            await file.WriteAsync(Serialize(new HotRecord(files, CheckOf(files))), cancellationToken).ConfigureAwait(false);
            await DurableFile.FlushAsync(file, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads what was written.</summary>
    /// <exception cref="JsonException">It is not what was written.</exception>
    public static IReadOnlyList<HotFileRecord> Read(string directory)
    {
        var record = JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(directory, FileName)), ChecksumsJsonContext.Default.HotRecord);
        return record is not null && record.Check == CheckOf(record.Files) && record.Files.All(file => RelativePath.IsSafe(file.Path))
            ? record.Files
            : throw new JsonException($"'{FileName}' has changed.");
    }

    /// <summary>Reads the hot files in a folder back.</summary>
    /// <returns>What is wrong; null when nothing is.</returns>
    public static async ValueTask<string?> FindProblemAsync(string directory, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var file in Read(directory))
            {
                if (await FindProblemAsync(Path.Combine(directory, file.Path), file, cancellationToken).ConfigureAwait(false) is { } problem)
                {
                    return problem;
                }
            }

            return null;
        }
        catch (Exception exception) when (exception is IOException or JsonException or UnauthorizedAccessException)
        {
            return $"it can't be read: {exception.Message}";
        }
    }

    /// <summary>Reads a hot file back, on all cores.</summary>
    /// <returns>What is wrong; null when nothing is.</returns>
    public static async ValueTask<string?> FindProblemAsync(string path, HotFileRecord record, CancellationToken cancellationToken)
    {
        using var file = File.OpenHandle(path);
        if (RandomAccess.GetLength(file) != record.Length)
        {
            return $"'{record.Path}' is no longer {record.Length} bytes long";
        }

        var damaged = long.MaxValue;
        var gate = new Lock();
        var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        await Parallel.ForEachAsync(record.Runs, options, (run, _) =>
        {
            if (!IsWhole(file, run))
            {
                lock (gate)
                {
                    damaged = Math.Min(damaged, run.Offset);
                }
            }

            return ValueTask.CompletedTask;
        }).ConfigureAwait(false);
        return damaged == long.MaxValue ? null : $"'{record.Path}' has changed at byte {damaged} or after";
    }

    /// <summary>Reads a run into memory, and says whether it is what was written.</summary>
    public static bool TryRead(SafeFileHandle file, HotChecksum run, Span<byte> plain)
    {
        for (var done = 0; done < plain.Length;)
        {
            var read = RandomAccess.Read(file, plain[done..], run.Offset + done);
            if (read == 0)
            {
                return false;
            }

            done += read;
        }

        return HashOf(plain) == run.Hash;
    }

    private static bool IsWhole(SafeFileHandle file, HotChecksum run)
    {
        if (run.Length < 0 || run.Length > Array.MaxLength)
        {
            return false;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(run.Length);
        try
        {
            return TryRead(file, run, buffer.AsSpan(0, run.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string CheckOf(IReadOnlyList<HotFileRecord> files) => HashOf(Serialize(new HotRecord(files, string.Empty)));

    private static byte[] Serialize(HotRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, ChecksumsJsonContext.Default.HotRecord);

    // A damaged file may have lost a property; it must be heard of as damage.
    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = [typeof(DigestJsonConverter)])]
    [JsonSerializable(typeof(HotRecord))]
    private sealed partial class ChecksumsJsonContext : JsonSerializerContext;
}
