using System.Runtime.InteropServices;

namespace EdgeAI.Memory;

/// <summary>The heap of the GNU C library: what is in use in it, and giving back what is not.</summary>
internal sealed unsafe class GlibcHeap
{
    // Both are looked up by hand: other C libraries lack them, and mallinfo2 came with glibc 2.33.
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
    public static GlibcHeap? TryFind() =>
        NativeLibrary.TryLoad("libc.so.6", out var library)
            && NativeLibrary.TryGetExport(library, "mallinfo2", out var mallinfo2)
            && NativeLibrary.TryGetExport(library, "malloc_trim", out var mallocTrim)
            ? new GlibcHeap(mallinfo2, mallocTrim)
            : null;

    public void Trim() => _ = _mallocTrim(0);

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
