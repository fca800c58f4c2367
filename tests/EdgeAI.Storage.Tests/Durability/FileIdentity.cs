using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace EdgeAI.Storage.Tests.Durability;

/// <summary>What a file or a directory is, whatever its name: renamed it is the same, made anew under the same name it is another. Linux only.</summary>
internal readonly partial record struct FileIdentity(ulong Number, long BornSeconds, uint BornNanoseconds)
{
    private const int CurrentDirectory = -100;
    private const int NotThroughLinks = 0x100;
    private const uint NumberAndBirth = 0x100 | 0x800;
    private const int Length = 256;

    /// <summary>Null when nothing has that name.</summary>
    public static FileIdentity? Find(string path)
    {
        // struct statx: the number at 32, the time of birth at 80.
        Span<byte> found = stackalloc byte[Length];
        return Statx(CurrentDirectory, path, NotThroughLinks, NumberAndBirth, found) != 0
            ? null
            : new FileIdentity(
                BinaryPrimitives.ReadUInt64LittleEndian(found[32..]),
                BinaryPrimitives.ReadInt64LittleEndian(found[80..]),
                BinaryPrimitives.ReadUInt32LittleEndian(found[88..]));
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, Span<byte> found);
}
