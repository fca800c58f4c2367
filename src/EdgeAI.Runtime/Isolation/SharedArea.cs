using System.Buffers;
using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace EdgeAI.Isolation;

/// <summary>Memory that two processes map, for tensors that go between them. One side makes it and gives the path to the other.</summary>
/// <remarks>A file that lies in memory where the system has a folder for that, otherwise one in the temporary folder. The file goes with its maker; a mapping of it stays valid.</remarks>
internal sealed unsafe class SharedArea : IDisposable
{
    private const string MemoryFolder = "/dev/shm";

    // An area is used for the next run too unless it is much too large for that one.
    private const long SmallLength = 1 << 20;
    private const long Slack = 4;

    private static long LastNumber;

    private readonly FileStream _file;
    private readonly MemoryMappedFile _mapping;
    private readonly MemoryMappedViewAccessor _view;
    private readonly SafeMemoryMappedViewHandle _handle;
    private readonly byte* _start;

    private SharedArea(FileStream file, long length)
    {
        Number = Interlocked.Increment(ref LastNumber);
        _file = file;
        Length = length;
        _mapping = MemoryMappedFile.CreateFromFile(file, mapName: null, length, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        _view = _mapping.CreateViewAccessor(0, length);
        _handle = _view.SafeMemoryMappedViewHandle;
        _handle.AcquirePointer(ref _start);
    }

    /// <summary>By what another process opens it. On Linux the file has no name any more, so that nothing stays of it however its maker ends.</summary>
    public string Path => OperatingSystem.IsLinux() ? $"/proc/{Environment.ProcessId}/fd/{_file.SafeFileHandle.DangerousGetHandle()}" : _file.Name;

    /// <summary>What tells it from all others of this process: the system gives paths again.</summary>
    public long Number { get; }

    public long Length { get; }

    /// <summary>An area for so many bytes: the given one if it fits, otherwise a new one in its place.</summary>
    public static SharedArea Fit(SharedArea? area, long length)
    {
        if (area is { _handle.IsClosed: false } && area.Length >= length && area.Length <= Math.Max(SmallLength, length * Slack))
        {
            return area;
        }

        area?.Dispose();
        return Create(length);
    }

    /// <summary>Makes an area that only this user can open; of one byte when none is wanted, for nothing can not be mapped.</summary>
    public static SharedArea Create(long length)
    {
        length = Math.Max(1, length);
        try
        {
            return Map(CreateFile(Directory.Exists(MemoryFolder) ? MemoryFolder : System.IO.Path.GetTempPath(), length), length);
        }
        catch (IOException) when (Directory.Exists(MemoryFolder))
        {
            // Containers have little there.
            return Map(CreateFile(System.IO.Path.GetTempPath(), length), length);
        }
    }

    /// <summary>Maps the area that another process made.</summary>
    public static SharedArea Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        return Map(file, file.Length);
    }

    /// <summary>Writes by what a <see cref="SharedWindow"/> opens it.</summary>
    public void Announce(BinaryWriter message)
    {
        message.Write(Number);
        message.Write(Path);
    }

    /// <summary>A part of it. It ends with the area: nothing may use it after that.</summary>
    public Memory<byte> Slice(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        return new Part(_start + offset, length).Memory;
    }

    public void Dispose()
    {
        if (!_handle.IsClosed)
        {
            _handle.ReleasePointer();
            _view.Dispose();
            _mapping.Dispose();
            _file.Dispose();
        }
    }

    // All of its room is taken at once: a page that can't be had later on would end the process that touches it.
    private static FileStream CreateFile(string folder, long length)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            Options = FileOptions.DeleteOnClose,
            BufferSize = 0,
            PreallocationSize = length,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var file = new FileStream(System.IO.Path.Combine(folder, $"edgeai-{Guid.NewGuid():N}"), options);
        if (OperatingSystem.IsLinux())
        {
            File.Delete(file.Name);
        }

        return file;
    }

    private static SharedArea Map(FileStream file, long length)
    {
        try
        {
            return new SharedArea(file, length);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private sealed class Part(byte* start, int length) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan() => new(start, length);

        public override MemoryHandle Pin(int elementIndex = 0) => new(start + elementIndex);

        public override void Unpin()
        {
            // It never moves.
        }

        protected override void Dispose(bool disposing)
        {
            // The area unmaps it.
        }
    }
}
