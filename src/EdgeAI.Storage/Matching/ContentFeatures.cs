using System.Runtime.CompilerServices;
using EdgeAI.Storage.Chunking;

namespace EdgeAI.Storage.Matching;

/// <summary>
/// Some of the runs of 64 bytes in a chunk, by their hashes: those that are drawn by the hash itself, so that two chunks which share bytes share features wherever the
/// bytes stand in them. Source: U. Manber, "Finding Similar Files in a Large File System", USENIX 1994.
/// </summary>
internal static class ContentFeatures
{
    private const int Window = 64;

    // One in 128: a graph of 20 KB has some 160.
    private const ulong Drawn = ulong.MaxValue << (64 - 7);

    /// <summary>The features of a chunk; none of one that is shorter than a window.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static HashSet<ulong> Of(ReadOnlySpan<byte> content)
    {
        var features = new HashSet<ulong>();
        ulong hash = 0;
        for (var i = 0; i < content.Length; i++)
        {
            hash = ContentCutter.Roll(hash, content[i]);
            if ((hash & Drawn) == 0 && i >= Window - 1)
            {
                features.Add(hash);
            }
        }

        return features;
    }
}
