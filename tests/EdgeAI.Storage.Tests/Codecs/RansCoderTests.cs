using EdgeAI.Storage.Codecs.Entropy;

namespace EdgeAI.Storage.Tests.Codecs;

public sealed class RansCoderTests
{
    private const int Contexts = 32;
    private const int Symbols = 128;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(100_001)]
    public void TryDecode_SymbolsInContexts_ComeBack(int count)
    {
        var random = new Random(count);
        var contexts = new byte[count];
        var symbols = new byte[count];
        for (var i = 0; i < count; i++)
        {
            contexts[i] = (byte)random.Next(Contexts);
            symbols[i] = (byte)(random.NextDouble() * random.NextDouble() * (4 * (contexts[i] + 1)));
        }

        var encoded = Encode(symbols, contexts, out var model);
        var decoded = new byte[count];

        Assert.True(RansCoder.TryDecode(model, encoded, contexts, decoded));
        Assert.Equal(symbols, decoded);
    }

    [Fact]
    public void Encode_OneSymbolAlone_TakesNothing()
    {
        var symbols = new byte[10_000];
        Array.Fill(symbols, (byte)9);

        Assert.Equal(4, Encode(symbols, new byte[10_000], out _).Length);
    }

    [Theory]
    [InlineData(1, 256, 255)]
    [InlineData(1, 256, 128)]
    [InlineData(32, 128, 64)]
    public void TryDecode_ManyRareSymbols_ComeBack(int contexts, int symbols, int rare)
    {
        // Each rare symbol takes a part that those of its frequency do not pay for; the others are all alike.
        var values = Enumerable.Range(0, 400_000).Select(i => (byte)(i < rare ? i : rare + (i % (symbols - rare)))).ToArray();
        var places = contexts == 1 ? [] : new byte[values.Length];
        var model = RansModel.Of(values, places, contexts, symbols);
        var encoded = new byte[RansCoder.MaxLength(values.Length)];
        var length = RansCoder.Encode(model, values, places, encoded);
        var decoded = new byte[values.Length];

        Assert.Equal(1 << RansModel.ScaleBits, model.Frequencies(0).ToArray().Sum(frequency => frequency));
        Assert.True(RansCoder.TryDecode(model, encoded.AsSpan(0, length), places, decoded));
        Assert.Equal(values, decoded);
    }

    [Fact]
    public void TryDecode_BytesLeftOver_AreRefused()
    {
        var encoded = Encode([.. Enumerable.Range(0, 5000).Select(i => (byte)(i % 7))], new byte[5000], out var model);

        Assert.False(RansCoder.TryDecode(model, [.. encoded, 0, 0], new byte[5000], new byte[5000]));
        Assert.False(RansCoder.TryDecode(model, encoded.AsSpan(0, encoded.Length - 2), new byte[5000], new byte[5000]));
    }

    [Fact]
    public void Encode_UnequalSymbols_ComesNearTheirEntropy()
    {
        var random = new Random(1);
        var symbols = new byte[200_000];
        for (var i = 0; i < symbols.Length; i++)
        {
            symbols[i] = (byte)Math.Min(60, -Math.Log(1 - random.NextDouble()) * 3);
        }

        var entropy = ByteEntropy.BitsPerByte(symbols) / 8 * symbols.Length;

        Assert.InRange(Encode(symbols, new byte[symbols.Length], out _).Length, entropy, 1.01 * entropy);
    }

    [Fact]
    public void TryRead_AWrittenModel_IsTheSame()
    {
        var symbols = Enumerable.Range(0, 1000).Select(i => (byte)(i % 77)).ToArray();
        Encode(symbols, new byte[1000], out var model);
        var bytes = new byte[10_000];
        var written = model.Write(bytes);

        var read = RansModel.TryRead(bytes.AsSpan(0, written), Contexts, Symbols, out var length);

        Assert.Equal(written, length);
        Assert.Equal(model.Frequencies(0).ToArray(), read!.Frequencies(0).ToArray());
        Assert.Null(RansModel.TryRead(bytes.AsSpan(0, written - 40), Contexts, Symbols, out _));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(15u)]
    [InlineData(16u)]
    [InlineData(23u)]
    [InlineData(24u)]
    [InlineData(65535u)]
    [InlineData(uint.MaxValue)]
    public void Tokens_OfANumber_LeadBackToIt(uint value)
    {
        var token = MagnitudeTokens.TokenOf(value);
        var rest = value - MagnitudeTokens.BaseOf(token);

        Assert.InRange(token, 0, MagnitudeTokens.Count - 1);
        Assert.True(rest < 1UL << MagnitudeTokens.ExtraBits(token));
    }

    private static byte[] Encode(byte[] symbols, byte[] contexts, out RansModel model)
    {
        model = RansModel.Of(symbols, contexts, Contexts, Symbols);
        var encoded = new byte[RansCoder.MaxLength(symbols.Length)];
        return encoded[..RansCoder.Encode(model, symbols, contexts, encoded)];
    }
}
