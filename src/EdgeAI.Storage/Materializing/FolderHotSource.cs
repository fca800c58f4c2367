using System.Collections.Concurrent;
using EdgeAI.Storage.Importing;
using Microsoft.Win32.SafeHandles;

namespace EdgeAI.Storage.Materializing;

/// <summary>A model's files in a folder, as hot files are made from them.</summary>
internal sealed class FolderHotSource(string modelPath) : IHotSource, IDisposable
{
    private const int PartLength = 1 << 20;

    private readonly FolderModelFiles _files = new(modelPath);
    private readonly ConcurrentDictionary<string, Lazy<SafeFileHandle>> _handles = new(StringComparer.Ordinal);

    public Stream Open(string? location) => _files.Open(location);

    public IEnumerable<HotPart> Cut(string? location, long sourceOffset, long length, long offset)
    {
        for (long done = 0; done < length; done += PartLength)
        {
            yield return new HotPart(offset + done, (int)Math.Min(length - done, PartLength), location, sourceOffset + done);
        }
    }

    public ValueTask ReadAsync(HotPart part, Memory<byte> plain, CancellationToken cancellationToken)
    {
        var path = _files.PathOf(part.Location);
        var file = _handles.GetOrAdd(path, _ => new Lazy<SafeFileHandle>(() => File.OpenHandle(path))).Value;
        for (var done = 0; done < plain.Length;)
        {
            var read = RandomAccess.Read(file, plain.Span[done..], part.SourceOffset + done);
            done += read > 0 ? read : throw new EndOfStreamException($"'{path}' ends within a tensor.");
        }

        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
        foreach (var handle in _handles.Values)
        {
            handle.Value.Dispose();
        }
    }
}
