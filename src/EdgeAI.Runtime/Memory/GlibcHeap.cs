using System.Runtime.InteropServices;

namespace EdgeAI.Memory;

/// <summary>The heap of the GNU C library: what is in use in it, and giving back what is not. Thread-safe.</summary>
internal sealed unsafe class GlibcHeap
{
    // Source: malloc.h.
    private const int MmapThreshold = -3;
    private const int LargeBlock = 256 << 10;

    // Looked up by hand: other C libraries lack them, and mallinfo2 came with glibc 2.33.
    private readonly delegate* unmanaged[Cdecl]<Mallinfo2> _mallinfo2;
    private readonly delegate* unmanaged[Cdecl]<nuint, int> _mallocTrim;

    private GlibcHeap(IntPtr mallinfo2, IntPtr mallocTrim)
    {
        _mallinfo2 = (delegate* unmanaged[Cdecl]<Mallinfo2>)mallinfo2;
        _mallocTrim = (delegate* unmanaged[Cdecl]<nuint, int>)mallocTrim;
    }

    /// <summary>Bytes that are allocated and not freed, over all of the library's arenas.</summary>
    public long InUse
    {
        get
        {
            var info = _mallinfo2();
            return (long)(info.AllocatedInArenas + info.Mapped);
        }
    }

    /// <summary>The heap of this process; null when its C library is another one, or an old one.</summary>
    public static GlibcHeap? Current { get; } = Find();

    public void Trim() => _ = _mallocTrim(0);

    private static GlibcHeap? Find()
    {
        if (!NativeLibrary.TryLoad("libc.so.6", out var library)
            || !NativeLibrary.TryGetExport(library, "mallinfo2", out var mallinfo2)
            || !NativeLibrary.TryGetExport(library, "malloc_trim", out var mallocTrim))
        {
            return null;
        }

        if (NativeLibrary.TryGetExport(library, "mallopt", out var mallopt) && !IsSetByUser())
        {
            KeepLargeBlocksApart((delegate* unmanaged[Cdecl]<int, int, int>)mallopt);
        }

        return new GlibcHeap(mallinfo2, mallocTrim);
    }

    // A large block is mapped by itself and goes back to the system when it is freed. The library would raise the bound to the largest block that was ever freed, up to 32 MiB; sessions' blocks then
    // share arenas with small ones that stay, and 60 MB of holes were resident after some thousand swaps.
    private static void KeepLargeBlocksApart(delegate* unmanaged[Cdecl]<int, int, int> mallopt) => _ = mallopt(MmapThreshold, LargeBlock);

    private static bool IsSetByUser() =>
        Environment.GetEnvironmentVariable("MALLOC_MMAP_THRESHOLD_") is not null
        || Environment.GetEnvironmentVariable("GLIBC_TUNABLES")?.Contains("mmap_threshold", StringComparison.Ordinal) == true;

    // Source: struct mallinfo2 of malloc.h.
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Mallinfo2
    {
        private readonly nuint _arena;
        private readonly nuint _freeChunks;
        private readonly nuint _fastbinChunks;
        private readonly nuint _mappedRegions;
        public readonly nuint Mapped;
        private readonly nuint _unused;
        private readonly nuint _fastbinBytes;
        public readonly nuint AllocatedInArenas;
        private readonly nuint _free;
        private readonly nuint _trimmable;
    }
}
