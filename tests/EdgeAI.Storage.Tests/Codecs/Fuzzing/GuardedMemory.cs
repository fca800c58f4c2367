using System.Runtime.InteropServices;

namespace EdgeAI.Storage.Tests.Codecs.Fuzzing;

/// <summary>Memory with nothing behind it: whoever reads or writes a byte too far ends the process. Linux only.</summary>
internal sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    private readonly nint _start;
    private readonly nuint _length;

    public GuardedMemory(int length)
    {
        var page = Environment.SystemPageSize;
        Length = (length + page - 1) / page * page;
        _length = (nuint)(Length + (2 * page));
        _start = Map(0, _length, ReadWrite, PrivateAnonymous, -1, 0);
        Assert.True(_start != -1 && Protect(_start, (nuint)page, 0) == 0 && Protect(_start + page + Length, (nuint)page, 0) == 0);
    }

    /// <summary>How much there is.</summary>
    public int Length { get; }

    /// <summary>The last bytes before the end.</summary>
    public Span<byte> Last(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        return new((byte*)_start + Environment.SystemPageSize + Length - length, length);
    }

    /// <summary>The same bytes, at the end.</summary>
    public ReadOnlySpan<byte> Copy(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Last(bytes.Length));
        return Last(bytes.Length);
    }

    public void Dispose() => _ = Unmap(_start, _length);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);
}
