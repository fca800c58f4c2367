using EdgeAI.Models;

namespace EdgeAI.Storage.Reading;

/// <summary>
/// About how often each chunk was asked for of late, in a fixed number of bytes: a count-min sketch of two rows whose counts halve now and then (Cormode and Muthukrishnan 2005; ageing as in TinyLFU, Einziger et al. 2017).
/// Never too low. Not thread-safe.
/// </summary>
internal sealed class UseSketch
{
    private const int Counters = 1 << 16;
    private const int HalvedAfter = 8 * Counters;

    private readonly byte[] _first = new byte[Counters];
    private readonly byte[] _second = new byte[Counters];
    private int _noted;

    public void Note(Digest chunk)
    {
        var (first, second) = PlacesOf(chunk);
        _first[first] = (byte)Math.Min(byte.MaxValue, _first[first] + 1);
        _second[second] = (byte)Math.Min(byte.MaxValue, _second[second] + 1);
        if (++_noted == HalvedAfter)
        {
            _noted = 0;
            Halve(_first);
            Halve(_second);
        }
    }

    public int Count(Digest chunk)
    {
        var (first, second) = PlacesOf(chunk);
        return Math.Min(_first[first], _second[second]);
    }

    // A digest is evenly spread as it is; 32 bits of it are two places.
    private static (int First, int Second) PlacesOf(Digest chunk)
    {
        var hash = (uint)chunk.GetHashCode();
        return ((int)(hash % Counters), (int)(hash / Counters));
    }

    private static void Halve(byte[] counts)
    {
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] /= 2;
        }
    }
}
