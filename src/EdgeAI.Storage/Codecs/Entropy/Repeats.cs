using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EdgeAI.Storage.Codecs.Entropy;

/// <summary>Tells at a glance whether bytes repeat themselves enough for a search for matches to be worth its time. Weights hardly do.</summary>
internal static class Repeats
{
    private const int TableBits = 12;
    private const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;

    // Noise of few values repeats four bytes by chance; eight it does not.
    private const int RunLength = sizeof(ulong);

    // One position in so many that begins a run seen before.
    private const int Rare = 64;

    /// <summary>Whether runs of eight bytes come again. True where there is too little to tell.</summary>
    /// <param name="sample">The bytes, at most 64 KiB.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool AreFound(ReadOnlySpan<byte> sample)
    {
        if (sample.Length < 1024)
        {
            return true;
        }

        var places = ArrayPool<ushort>.Shared.Rent(1 << TableBits);
        try
        {
            places.AsSpan(0, 1 << TableBits).Clear();
            ref var first = ref MemoryMarshal.GetReference(sample);
            var found = 0;
            for (var i = 0; i <= sample.Length - RunLength; i++)
            {
                var run = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, i));
                ref var place = ref places[(int)((run * Multiplier) >> (64 - TableBits))];
                found += Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, place)) == run && i > 0 ? 1 : 0;
                place = (ushort)i;
            }

            return found > sample.Length / Rare;
        }
        finally
        {
            ArrayPool<ushort>.Shared.Return(places);
        }
    }
}
