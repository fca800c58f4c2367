using EdgeAI.Storage.Codecs;
using EdgeAI.Storage.Codecs.Elements;

namespace EdgeAI.Storage.Tests.Codecs;

public sealed class PrefixCodecTests
{
    [Theory]
    [InlineData(100, 100)]
    [InlineData(5_000, 200_000)]
    [InlineData(200_000, 5_000)]
    [InlineData(1 << 20, 1 << 20)]
    [InlineData(5 << 20, 16 << 20)]
    public void Decode_AnyLengths_ComesBack(int length, int baseLength)
    {
        var baseline = ChunkSamples.Noise(baseLength, 1);
        byte[] plain = [.. baseline.Concat(new byte[length]).Skip(baseLength / 3).Take(length / 2), .. ChunkSamples.Noise(length - (length / 2), 2)];
        Array.Fill(plain, (byte)7, length / 2, length / 4);

        Assert.Equal(plain, Decode(Encode(plain, baseline), baseline, plain.Length));
    }

    [Fact]
    public void Encode_TheSameInAnotherOrder_IsNextToNothing()
    {
        var parts = Enumerable.Range(0, 64).Select(i => ChunkSamples.Noise(3000, i)).ToArray();
        byte[] baseline = [.. parts.SelectMany(part => part)];
        byte[] plain = [.. parts.Reverse().SelectMany(part => part)];

        var encoded = Encode(plain, baseline);

        Assert.InRange(encoded.Length, 1, 1000);
        Assert.Equal(plain, Decode(encoded, baseline, plain.Length));
    }

    [Fact]
    public void Encode_BaseThatBeginsLikeADictionary_IsStillOnlyBytes()
    {
        byte[] baseline = [0x37, 0xA4, 0x30, 0xEC, .. ChunkSamples.Noise(5000, 1)];

        byte[] plain = [1, .. baseline];

        var encoded = Encode(plain, baseline);

        Assert.InRange(encoded.Length, 1, 100);
        Assert.Equal(plain, Decode(encoded, baseline, plain.Length));
    }

    [Fact]
    public void Encode_Strangers_IsRefused() =>
        Assert.Equal(0, PrefixCodec.Encode(ChunkSamples.Noise(8192, 1), ChunkSamples.Noise(8192, 2), new byte[9000]));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(20)]
    public void Encode_RoomThatIsTooShort_IsRefused(int room) =>
        Assert.Equal(0, PrefixCodec.Encode(ChunkSamples.Noise(8192, 1), ChunkSamples.Noise(4000, 1), new byte[room]));

    [Fact]
    public void ChunkCodecs_ContentThatResemblesItsBase_IsKeptAsTheDifference()
    {
        var baseline = ChunkSamples.Noise(100_000, 1);
        byte[] plain = [1, 2, 3, .. baseline[5000..], .. baseline[..4000]];
        var encoded = new byte[ChunkCodecs.BufferLength(plain.Length)];

        var length = new ChunkCodecs(3).Encode(new ChunkContent(plain, ElementForm.Bytes) { Base = baseline }, encoded, out var codec);

        Assert.Equal(PrefixCodec.Id, codec);
        Assert.InRange(length, 1, 100);
        var decoded = new byte[plain.Length];
        Assert.True(ChunkCodecs.TryDecode(codec, encoded.AsSpan(0, length), baseline, decoded));
        Assert.Equal(plain, decoded);
    }

    [Fact]
    public void TryDecode_AnotherBaseOrLength_IsRefusedOrWrongButNeverThrows()
    {
        var baseline = ChunkSamples.Noise(50_000, 1);
        byte[] plain = [.. baseline[20_000..], .. baseline[..20_000]];
        var encoded = Encode(plain, baseline);

        foreach (var other in (byte[][])[[], [1], baseline[..100], baseline[..^1], ChunkSamples.Noise(50_000, 2), ChunkSamples.Noise(1 << 20, 3)])
        {
            var decoded = new byte[plain.Length];
            Assert.True(!PrefixCodec.TryDecode(encoded, other, decoded) || !decoded.AsSpan().SequenceEqual(plain));
        }

        Assert.All([0, 1, plain.Length - 1, plain.Length + 1, 1 << 20], length => Assert.False(PrefixCodec.TryDecode(encoded, baseline, new byte[length])));
    }

    [Fact]
    public void TryDecode_DamagedBytes_NeverThrows()
    {
        var baseline = ChunkSamples.Noise(4096, 1);
        byte[] plain = [.. baseline[2000..3000], .. "a graph between its weights "u8, .. ChunkSamples.Noise(500, 2), .. baseline[..1500], .. new byte[300]];
        var encoded = Encode(plain, baseline);
        var decoded = new byte[plain.Length];
        var random = new Random(6);

        for (var i = 0; i < 50_000; i++)
        {
            var damaged = (byte[])encoded.Clone();
            for (var hits = random.Next(1, 4); hits > 0; hits--)
            {
                damaged[random.Next(random.Next(2) == 0 ? 24 : damaged.Length)] = (byte)random.Next(256);
            }

            var length = random.Next(4) == 0 ? random.Next(damaged.Length) : damaged.Length;
            PrefixCodec.TryDecode(damaged.AsSpan(0, length), random.Next(4) == 0 ? baseline.AsSpan(0, random.Next(4096)) : baseline, decoded);
        }

        // Whatever came before, a coder that is used again gives the right bytes.
        Assert.Equal(plain, Decode(encoded, baseline, plain.Length));
    }

    [Fact]
    public void TryDecode_Noise_IsRefused()
    {
        var decoded = new byte[5000];
        for (var i = 0; i < 5000; i++)
        {
            var noise = ChunkSamples.Noise(1 + (i % 300), i);
            noise[0] = 1;
            Assert.False(PrefixCodec.TryDecode(noise, noise, decoded));
        }
    }

    private static byte[] Encode(byte[] plain, byte[] baseline)
    {
        var encoded = new byte[ChunkCodecs.BufferLength(plain.Length)];
        return encoded[..PrefixCodec.Encode(plain, baseline, encoded)];
    }

    private static byte[] Decode(byte[] encoded, byte[] baseline, int length)
    {
        var plain = new byte[length];
        Assert.True(PrefixCodec.TryDecode(encoded, baseline, plain));
        return plain;
    }
}
