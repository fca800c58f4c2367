using System.IO.MemoryMappedFiles;

namespace EdgeAI.Providers.Onnx;

/// <summary>
/// A weights file mapped read-only: pages come from the disk when they are touched, are shared by all who map the file, and are the system's
/// to drop. It must outlive the sessions that read it.
/// </summary>
internal sealed unsafe class MappedWeights : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _data;

    public MappedWeights(string path)
    {
        Length = new FileInfo(path).Length;
        if (Length == 0)
        {
            throw new EndOfStreamException($"'{path}' is empty, and a model's weights never are.");
        }

        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _data);
    }

    public byte* Data => _data;

    public long Length { get; }

    public void Dispose()
    {
        if (_data is not null)
        {
            _data = null;
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
        }

        _view.Dispose();
        _file.Dispose();
    }
}
