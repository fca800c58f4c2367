using EdgeAI.Storage.Codecs;
using EdgeAI.Storage.Codecs.Elements;

namespace EdgeAI.Storage.Tests.Codecs;

public sealed class PlaneCodecTests
{
    private readonly PlaneCodec _codec = new(ZstdFrames.OfLevel(3));

    [Theory]
    [InlineData(2, 0.95)]
    [InlineData(3, 0.72)]
    [InlineData(4, 0.90)]
    public void Encode_Weights_KeepsTheirExponentsInLess(byte formNumber, double share)
    {
        var form = (ElementForm)formNumber;
        var weights = ChunkSamples.Weights(form, 262144, seed: 1);

        var encoded = Encode(weights, form);

        Assert.InRange(encoded.Length, 1, (int)(share * weights.Length));
        Assert.Equal(weights, Decode(encoded, weights.Length));
    }

    [Theory]
    [InlineData(2, 17)]
    [InlineData(3, 4095)]
    [InlineData(4, 33)]
    [InlineData(4, 1001)]
    public void Decode_AnyNumberOfElements_ComesBack(byte formNumber, int elements)
    {
        // Repeated, so that even few of them shrink.
        var form = (ElementForm)formNumber;
        var some = ChunkSamples.Weights(form, elements, seed: 2);
        byte[] weights = [.. Enumerable.Repeat(some, 40).SelectMany(part => part)];

        Assert.Equal(weights, Decode(Encode(weights, form), weights.Length));
    }

    [Fact]
    public void Encode_Repetitions_FindsThem()
    {
        byte[] text = [.. Enumerable.Repeat("a model is imported once "u8.ToArray(), 4000).SelectMany(part => part)];

        var encoded = Encode(text, ElementForm.Bytes);

        Assert.InRange(encoded.Length, 1, 1000);
        Assert.Equal(text, Decode(encoded, text.Length));
    }

    [Fact]
    public void Encode_Noise_IsRefused() =>
        Assert.Equal(0, _codec.Encode(ChunkSamples.Noise(65536, 1), ElementForm.Float32, new byte[ChunkCodecs.BufferLength(65536)]));

    [Fact]
    public void TryDecode_DamagedBytes_NeverThrows()
    {
        var weights = ChunkSamples.Weights(ElementForm.Float32, 4096, seed: 1);
        var encoded = Encode(weights, ElementForm.Float32);
        var plain = new byte[weights.Length];
        var random = new Random(6);

        for (var i = 0; i < 20_000; i++)
        {
            var damaged = (byte[])encoded.Clone();
            damaged[random.Next(random.Next(2) == 0 ? 16 : damaged.Length)] ^= (byte)random.Next(1, 256);
            var length = random.Next(4) == 0 ? random.Next(damaged.Length) : damaged.Length;
            var decoded = PlaneCodec.TryDecode(damaged.AsSpan(0, length), plain);

            Assert.True(!decoded || length == damaged.Length);
        }
    }

    private byte[] Encode(byte[] plain, ElementForm form)
    {
        var encoded = new byte[ChunkCodecs.BufferLength(plain.Length)];
        return encoded[.._codec.Encode(plain, form, encoded)];
    }

    private static byte[] Decode(byte[] encoded, int length)
    {
        var plain = new byte[length];
        Assert.True(PlaneCodec.TryDecode(encoded, plain));
        return plain;
    }
}
