using EdgeAI.Storage.Codecs;
using EdgeAI.Storage.Codecs.Elements;

namespace EdgeAI.Storage.Tests.Codecs;

public sealed class DeltaCodecTests
{
    public static TheoryData<byte, int> FormsAndLengths
    {
        get
        {
            var data = new TheoryData<byte, int>();
            foreach (var form in (byte[])[1, 2, 3, 4])
            {
                foreach (var elements in (int[])[3001, 4093, 65536, 262144])
                {
                    data.Add(form, elements);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(FormsAndLengths))]
    public void Decode_TunedWeights_GivesThemBackFromLess(byte formNumber, int elements)
    {
        var form = (ElementForm)formNumber;
        var baseline = ChunkSamples.Weights(form, elements, seed: 7);
        var tuned = ChunkSamples.Tuned(form, elements, seed: 7);

        var encoded = Encode(tuned, form, baseline, form);

        Assert.InRange(encoded.Length, 1, (int)(0.95 * tuned.Length));
        Assert.Equal(tuned, Decode(encoded, baseline, tuned.Length));
    }

    [Theory]
    [InlineData(4, 2)]
    [InlineData(4, 3)]
    [InlineData(2, 3)]
    [InlineData(2, 4)]
    [InlineData(3, 4)]
    public void Encode_ACastOfTheBase_IsNextToNothing(byte from, byte to)
    {
        var (baseForm, form) = ((ElementForm)from, (ElementForm)to);
        var baseline = ChunkSamples.Weights(baseForm, 65536, seed: 3);
        var cast = new byte[65536 * form.SizeOf()];
        ElementCast.Cast(baseline, baseForm, cast, form);

        var encoded = Encode(cast, form, baseline, baseForm);

        Assert.InRange(encoded.Length, 1, 200);
        Assert.Equal(cast, Decode(encoded, baseline, cast.Length));
    }

    [Theory]
    [InlineData(4, 1, 0, 576, 0.03)]
    [InlineData(2, 1, 0, 576, 0.03)]
    [InlineData(4, 5, 121, 0, 0.03)]
    [InlineData(3, 5, 143, 0, 0.03)]
    [InlineData(4, 1, -7, 1000, 0.06)]
    public void Encode_AQuantisationOfTheBase_IsNextToNothing(byte from, byte to, int zeroPoint, int rowLength, double share)
    {
        var (baseForm, form) = ((ElementForm)from, (ElementForm)to);
        var baseline = ChunkSamples.Weights(baseForm, 65536, seed: 3);
        var quantized = ChunkSamples.Quantized(baseline, baseForm, form, zeroPoint, rowLength);

        var encoded = Encode(quantized, form, baseline, baseForm, rowLength);

        Assert.InRange(encoded.Length, 1, (int)(share * quantized.Length));
        Assert.Equal(quantized, Decode(encoded, baseline, quantized.Length));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Decode_EveryBitPattern_ComesBack(byte formNumber)
    {
        // Not-a-numbers, infinities, both zeros and subnormals are numbers like others to a store.
        var form = (ElementForm)formNumber;
        var values = new byte[65536 * form.SizeOf()];
        for (var i = 0; i < 65536; i++)
        {
            BitConverter.TryWriteBytes(values.AsSpan((i + 1) * form.SizeOf() - Math.Min(2, form.SizeOf())), form.SizeOf() == 1 ? (byte)i : (ushort)i);
        }

        var baseline = (byte[])values.Clone();
        for (var i = 0; i < baseline.Length; i += 7 * form.SizeOf())
        {
            baseline[i] ^= 1;
        }

        var encoded = Encode(values, form, baseline, form);

        Assert.Equal(values, Decode(encoded, baseline, values.Length));
    }

    [Fact]
    public void Encode_Strangers_IsRefused()
    {
        var encoded = new byte[ChunkCodecs.BufferLength(8192)];

        Assert.Equal(0, DeltaCodec.Encode(new ChunkContent(ChunkSamples.Noise(8192, 1), ElementForm.Float32) { Base = ChunkSamples.Noise(8192, 2), BaseForm = ElementForm.Float32 }, encoded));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TryDecode_DamagedBytes_NeverThrows(bool isQuantized)
    {
        var (form, baseForm) = isQuantized ? (ElementForm.Int8, ElementForm.Float32) : (ElementForm.BFloat16, ElementForm.BFloat16);
        var baseline = ChunkSamples.Weights(baseForm, 4096, seed: 1);
        var tuned = isQuantized ? ChunkSamples.Quantized(baseline, baseForm, form, 3, 512) : ChunkSamples.Tuned(form, 4096, seed: 1);
        var encoded = Encode(tuned, form, baseline, baseForm, rowLength: 512);
        var plain = new byte[tuned.Length];
        var random = new Random(5);

        for (var i = 0; i < 20_000; i++)
        {
            var damaged = (byte[])encoded.Clone();
            for (var hits = random.Next(1, 4); hits > 0; hits--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            var length = random.Next(4) == 0 ? random.Next(damaged.Length) : damaged.Length;
            var decoded = DeltaCodec.TryDecode(damaged.AsSpan(0, length), baseline, plain);

            // What damage does not end the decoding shows in the digest, which whoever reads a chunk compares.
            Assert.True(!decoded || length == damaged.Length);
        }
    }

    private static byte[] Encode(byte[] plain, ElementForm form, byte[] baseline, ElementForm baseForm, long rowLength = 0)
    {
        var encoded = new byte[ChunkCodecs.BufferLength(plain.Length)];
        return encoded[..DeltaCodec.Encode(new ChunkContent(plain, form) { Base = baseline, BaseForm = baseForm, RowLength = rowLength }, encoded)];
    }

    private static byte[] Decode(byte[] encoded, byte[] baseline, int length)
    {
        var plain = new byte[length];
        Assert.True(DeltaCodec.TryDecode(encoded, baseline, plain));
        return plain;
    }
}
