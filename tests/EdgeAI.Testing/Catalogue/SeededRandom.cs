namespace EdgeAI.Testing.Catalogue;

/// <summary>Random numbers that are the same in every run.</summary>
public static class SeededRandom
{
    /// <summary>Numbers from -1 to 1: noise, as weights look to a compressor.</summary>
    public static float[] Floats(int seed, int count)
    {
        var random = new Random(seed);
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = (random.NextSingle() * 2) - 1;
        }

        return values;
    }

    /// <summary>Bytes of any value.</summary>
    public static byte[] Bytes(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
