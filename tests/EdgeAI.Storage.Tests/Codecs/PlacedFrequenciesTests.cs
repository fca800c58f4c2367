using System.Runtime.InteropServices;
using EdgeAI.Storage.Codecs;
using EdgeAI.Storage.Codecs.Elements;

namespace EdgeAI.Storage.Tests.Codecs;

public sealed class PlacedFrequenciesTests
{
    [Theory]
    [InlineData(18, 180_000)]
    [InlineData(34, 100_003)]
    [InlineData(22, 100_001)]
    public void Encode_BlocksOfScalesAndNumbers_IsShorterThanOneSetOfFrequenciesAndComesBack(int block, int length)
    {
        var plain = MakeBlocks(block, length);

        Require(plain, ElementForm.Int8, gain: 0.995);
    }

    [Fact]
    public void Encode_RowsOfDifferentScales_IsShorterAndComesBack()
    {
        var random = new Random(3);
        var plain = new byte[256 * 512];
        for (var i = 0; i < plain.Length; i++)
        {
            plain[i] = (byte)(128 + (int)((random.NextDouble() - 0.5) * (1 << (i / 512 % 7))));
        }

        Require(plain, ElementForm.UInt8, gain: 0.9);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    public void Encode_Noise_SaysThatItDoesNotPay(int length)
    {
        var plain = new byte[length];
        new Random(1).NextBytes(plain);

        Assert.Equal(0, PlacedFrequencies.Encode(plain, plain.Length, new byte[plain.Length]));
    }

    [Fact]
    public void TryDecode_AnyByteChanged_NeverThrows()
    {
        var plain = MakeBlocks(34, 100_000);
        var encoded = new byte[plain.Length];
        var length = PlacedFrequencies.Encode(plain, plain.Length, encoded);
        Assert.True(length > 0);
        var decoded = new byte[plain.Length];
        var random = new Random(5);
        for (var i = 0; i < 2000; i++)
        {
            var damaged = encoded[..length];
            damaged[i < length ? i : random.Next(length)] ^= (byte)random.Next(1, 256);

            PlacedFrequencies.TryDecode(damaged.AsSpan(0, i % 2 == 0 ? length : random.Next(length)), decoded);
        }

        Assert.True(PlacedFrequencies.TryDecode(encoded.AsSpan(0, length), decoded));
        Assert.Equal(plain, decoded);
        Assert.False(PlacedFrequencies.TryDecode([], decoded));
        Assert.False(PlacedFrequencies.TryDecode(encoded.AsSpan(0, length), []));
    }

    private static void Require(byte[] plain, ElementForm form, double gain)
    {
        var encoded = new byte[plain.Length + 256];
        var before = new PlaneCodec(ZstdFrames.OfLevel(3)).Encode(plain, form, encoded);
        var after = new PlaneCodec(ZstdFrames.OfLevel(19), searches: true).Encode(plain, form, encoded);

        Assert.True(after > 0 && after < gain * (before == 0 ? plain.Length : before), $"{before} became {after}");
        Assert.Equal(PlaneCodec.SearchedVersion, encoded[0]);
        Assert.Equal(form, PlaneCodec.ReadForm(encoded));
        var decoded = new byte[plain.Length];
        Assert.True(PlaneCodec.TryDecode(encoded.AsSpan(0, after), decoded));
        Assert.Equal(plain, decoded);
    }

    private static byte[] MakeBlocks(int block, int length)
    {
        var random = new Random(block);
        var plain = new byte[length];
        for (var start = 0; start < length; start += block)
        {
            var scale = (Half)(0.01 + (0.002 * random.NextDouble()));
            for (var i = start; i < Math.Min(length, start + block); i++)
            {
                plain[i] = i < start + 2 ? MemoryMarshal.AsBytes(new ReadOnlySpan<Half>(in scale))[i - start] : (byte)(sbyte)((random.NextDouble() + random.NextDouble() - 1) * 100);
            }
        }

        return plain;
    }
}
