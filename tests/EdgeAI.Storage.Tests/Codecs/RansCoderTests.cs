using EdgeAI.Storage.Codecs.Entropy;

namespace EdgeAI.Storage.Tests.Codecs;

public sealed class RansCoderTests
{
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
            contexts[i] = (byte)random.Next(RansModel.MaxContexts);
            symbols[i] = (byte)(random.NextDouble() * random.NextDouble() * (4 * (contexts[i] + 1)));
        }

        var encoded = Encode(symbols, contexts, out var model);
        var decoded = new byte[count];

        Assert.True(RansCoder.TryDecode(model, encoded, contexts, decoded));
        Assert.Equal(symbols, decoded);
    }

    [Fact]
    public void Encode_OneSymbolAlone_TakesNothingButTheStates()
    {
        var symbols = new byte[10_000];
        Array.Fill(symbols, (byte)9);

        Assert.Equal(32, Encode(symbols, new byte[10_000], out _).Length);
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

        var read = RansModel.TryRead(bytes.AsSpan(0, written), out var length);

        Assert.Equal(written, length);
        Assert.Equal(model.Frequencies(0).ToArray(), read!.Frequencies(0).ToArray());
        Assert.Null(RansModel.TryRead(bytes.AsSpan(0, written - 40), out _));
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

        Assert.InRange(token, 0, RansModel.MaxSymbols - 1);
        Assert.True(rest < 1UL << MagnitudeTokens.ExtraBits(token));
    }

    private static byte[] Encode(byte[] symbols, byte[] contexts, out RansModel model)
    {
        var counts = new int[RansModel.MaxContexts * RansModel.MaxSymbols];
        for (var i = 0; i < symbols.Length; i++)
        {
            counts[(contexts[i] * RansModel.MaxSymbols) + symbols[i]]++;
        }

        model = RansModel.FromCounts(counts);
        var encoded = new byte[RansCoder.MaxLength(symbols.Length)];
        return encoded[..RansCoder.Encode(model, symbols, contexts, encoded)];
    }
}
