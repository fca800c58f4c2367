using System.Runtime.InteropServices;

namespace EdgeAI.Models;

internal sealed class MemoryModelSource(ReadOnlyMemory<byte> content, string fileName) : ModelSource
{
    public override string FileName => fileName;

    public override ValueTask<Stream> OpenAsync(string path, CancellationToken cancellationToken = default)
    {
        if (path != FileName)
        {
            throw new ModelFileNotFoundException(path, FileName);
        }

        return MemoryMarshal.TryGetArray(content, out var array)
            ? new(new MemoryStream(array.Array!, array.Offset, array.Count, writable: false))
            : new(new MemoryStream(content.ToArray(), writable: false));
    }
}
