using System.Runtime.CompilerServices;

namespace EdgeAI.Storage.Codecs.Entropy;

/// <summary>How many bits a byte of a run is worth when only its frequency counts.</summary>
internal static class ByteEntropy
{
    /// <summary>Bits a byte, 0 to 8. Source: C. Shannon, "A mathematical theory of communication", 1948.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double BitsPerByte(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return 0;
        }

        Span<int> counts = stackalloc int[256];
        counts.Clear();
        foreach (var value in bytes)
        {
            counts[value]++;
        }

        var bits = 0.0;
        foreach (var count in counts)
        {
            if (count > 0)
            {
                bits -= count * Math.Log2((double)count / bytes.Length);
            }
        }

        return bits / bytes.Length;
    }
}
