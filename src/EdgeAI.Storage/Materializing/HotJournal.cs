using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeAI.Models;

namespace EdgeAI.Storage.Materializing;

/// <summary>
/// Which runs of a folder's hot files were written, so that a materialisation that was interrupted goes on where it was. A line a run. It is flushed to no disk: after a power cut it
/// may name runs that are not there, or lack its end, so every run is compared with its checksum before it is believed. Thread-safe.
/// </summary>
internal sealed partial class HotJournal : IDisposable
{
    /// <summary>Its name in the folder; no hot file's name.</summary>
    public const string FileName = "journal";

    private readonly Dictionary<(string Path, Digest Content), HotChecksum> _found = [];
    private readonly HashSet<HotChecksum> _written = new(ReferenceEqualityComparer.Instance);
    private readonly Lock _lock = new();
    private readonly FileStream _file;

    public HotJournal(string directory)
    {
        _file = new FileStream(Path.Combine(directory, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        using (var reader = new StreamReader(_file, leaveOpen: true))
        {
            while (reader.ReadLine() is { } line)
            {
                Enter(line);
            }
        }

        // The last line may have been cut short; what follows begins a line of its own.
        _file.Seek(0, SeekOrigin.End);
        _file.WriteByte((byte)'\n');
    }

    /// <summary>Finds a run that was written before.</summary>
    /// <param name="path">The file.</param>
    /// <param name="run">The run.</param>
    /// <param name="content">Its name.</param>
    /// <param name="isOurs">Whether it was written by whoever has the journal open, who holds the model's lock since: it needs no comparing.</param>
    public HotChecksum? Find(string path, HotRun run, Digest content, out bool isOurs)
    {
        lock (_lock)
        {
            var found = _found.GetValueOrDefault((path, content));
            isOurs = found is not null && _written.Contains(found);
            return found?.Offset == run.Offset && found.Length == run.Length ? found : null;
        }
    }

    /// <summary>Says that a run is written.</summary>
    public void Add(string path, HotChecksum run)
    {
        var line = JsonSerializer.SerializeToUtf8Bytes(new HotJournalEntry(path, run), JournalJsonContext.Default.HotJournalEntry);
        lock (_lock)
        {
            if (run.Content is { } content)
            {
                _found[(path, content)] = run;
                _written.Add(run);
            }

            _file.Write(line);
            _file.WriteByte((byte)'\n');
            _file.Flush();
        }
    }

    public void Dispose() => _file.Dispose();

    private void Enter(string line)
    {
        try
        {
            if (line.Length > 0 && JsonSerializer.Deserialize(line, JournalJsonContext.Default.HotJournalEntry) is { Run.Content: { } content } entry)
            {
                _found[(entry.Path, content)] = entry.Run;
            }
        }
        catch (JsonException)
        {
            // Cut short by a crash: the run is written again.
        }
    }

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = [typeof(DigestJsonConverter)])]
    [JsonSerializable(typeof(HotJournalEntry))]
    private sealed partial class JournalJsonContext : JsonSerializerContext;
}
