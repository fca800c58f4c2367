using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using EdgeAI.Storage.Codecs.Entropy;
using EdgeAI.Testing;
using EdgeAI.Testing.Processes;

namespace EdgeAI.Storage.Tests.Codecs.Fuzzing;

/// <summary>
/// The entropy coder's loops reach memory without checks. Here all that it reads and writes ends where memory ends, and states, words, models and contexts are hostile; on
/// processors with and without AVX2, which must do the same.
/// </summary>
public sealed class RansAttackTests
{
    private const string ExpectedVariable = "EDGEAI_EXPECTED_CHECKSUM";
    private const int MaxSymbols = 700;
    private const int Scale = 1 << RansModel.ScaleBits;

    private static readonly int Inputs = NightlyRun.Count(always: 60_000, nightly: 2_000_000);

    private readonly Random _random = new(NightlyRun.Seed);
    private readonly XxHash3 _results = new();

    [Fact]
    public async Task TryDecode_HostileInputAtTheEndOfMemory_StaysWithinItWithAndWithoutVectors()
    {
        var taken = Attack();
        var checksum = _results.GetCurrentHashAsUInt64().ToString(CultureInfo.InvariantCulture);
        if (Environment.GetEnvironmentVariable(ExpectedVariable) is { } expected)
        {
            Assert.False(System.Runtime.Intrinsics.X86.Avx2.IsSupported);
            Assert.Equal(expected, checksum);
            return;
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{Inputs} inputs, {taken} taken");
        Assert.InRange(taken, 100, Inputs);
        const string Self = nameof(TryDecode_HostileInputAtTheEndOfMemory_StaysWithinItWithAndWithoutVectors);
        using var scalar = ChildProcess.Start(
            "dotnet",
            [typeof(RansAttackTests).Assembly.Location, "-noLogo", "-noColor", "-method", $"{typeof(RansAttackTests).FullName}.{Self}"],
            null,
            (ExpectedVariable, checksum),
            ("DOTNET_EnableAVX2", "0"));
        (await scalar.WaitAsync(TestContext.Current.CancellationToken)).EnsureSuccess();
    }

    private int Attack()
    {
        using var source = new GuardedMemory(4 * MaxSymbols);
        using var context = new GuardedMemory(MaxSymbols);
        using var symbol = new GuardedMemory(MaxSymbols);
        var taken = 0;
        for (var i = 0; i < Inputs; i++)
        {
            var (contexts, symbols) = _random.Next(2) == 0 ? (1, 256) : (32, 128);
            var count = _random.Next(4) switch { 0 => _random.Next(70), 1 => 32 * _random.Next(MaxSymbols / 32), _ => _random.Next(MaxSymbols) };
            var places = context.Last(contexts == 1 ? 0 : count);
            foreach (ref var place in places)
            {
                // What is no context must not lead out of the table.
                place = (byte)_random.Next(_random.Next(8) == 0 ? 256 : contexts);
            }

            var model = MakeModel(contexts, symbols);
            var decoded = symbol.Last(count);
            var isTaken = model is not null && RansCoder.TryDecode(model, source.Copy(MakeSource(model, places, count)), places, decoded);
            _results.Append([isTaken ? (byte)1 : (byte)0]);
            if (isTaken)
            {
                taken++;
                _results.Append(decoded);
            }
        }

        return taken;
    }

    // Frequencies as they may stand in a chunk: any number of contexts that do not occur, one symbol with all parts, parts spread at random, sums that are wrong.
    private RansModel? MakeModel(int contexts, int symbols)
    {
        var written = new byte[RansModel.MaxLength(contexts, symbols)];
        var length = 0;
        for (var context = 0; context < contexts; context++)
        {
            var count = _random.Next(4) switch { 0 => 0, 1 => 1, 2 => symbols, _ => _random.Next(symbols + 1) };
            Put(count);
            var left = Scale;
            for (var symbol = 0; symbol < count; symbol++)
            {
                var parts = symbol == count - 1 ? left : _random.Next(4) == 0 ? _random.Next(left + 1) : Math.Min(left, _random.Next(20));
                Put(_random.Next(20_000) == 0 ? _random.Next(1 << 15) : parts);
                left -= parts;
            }
        }

        if (_random.Next(20) == 0)
        {
            written[_random.Next(length)] = (byte)_random.Next(256);
        }

        return RansModel.TryRead(written.AsSpan(0, length), contexts, symbols, out _);

        void Put(int number)
        {
            if (number >= 0x80)
            {
                written[length++] = (byte)(number | 0x80);
                number >>= 7;
            }

            written[length++] = (byte)number;
        }
    }

    // Half are symbols that were encoded, whole or damaged; the others states and words that nobody wrote.
    private byte[] MakeSource(RansModel model, ReadOnlySpan<byte> places, int count)
    {
        if (_random.Next(2) == 0)
        {
            var noise = new byte[_random.Next(3 * MaxSymbols)];
            _random.NextBytes(noise);
            if (noise.Length >= sizeof(uint))
            {
                BinaryPrimitives.WriteUInt32LittleEndian(noise, _random.Next(3) switch { 0 => 0, 1 => uint.MaxValue, _ => (uint)_random.Next() });
            }

            foreach (ref var part in noise.AsSpan())
            {
                part = _random.Next(16) == 0 ? (byte)0 : part;
            }

            return noise;
        }

        var symbols = new byte[count];
        for (var i = 0; i < count; i++)
        {
            symbols[i] = FindSymbol(model.Frequencies(model.Contexts == 1 ? 0 : places[i] & (model.Contexts - 1)));
        }

        var encoded = new byte[RansCoder.MaxLength(count)];
        var length = CanEncode(model, symbols, places) ? RansCoder.Encode(model, symbols, places, encoded) : _random.Next(encoded.Length);
        if (_random.Next(3) == 0 && length > 0)
        {
            encoded[_random.Next(length)] ^= (byte)(1 << _random.Next(8));
        }

        return encoded[..(_random.Next(4) == 0 ? _random.Next(encoded.Length) : length)];
    }

    private byte FindSymbol(ReadOnlySpan<ushort> frequencies)
    {
        var from = _random.Next(frequencies.Length);
        var next = frequencies[from..].IndexOfAnyExcept((ushort)0);
        return (byte)(next >= 0 ? from + next : Math.Max(0, frequencies.IndexOfAnyExcept((ushort)0)));
    }

    // A symbol that does not occur can't be written: only who writes promises that.
    private static bool CanEncode(RansModel model, ReadOnlySpan<byte> symbols, ReadOnlySpan<byte> places)
    {
        for (var i = 0; i < symbols.Length; i++)
        {
            if (model.Frequencies(model.Contexts == 1 ? 0 : places[i] & (model.Contexts - 1))[symbols[i]] == 0)
            {
                return false;
            }
        }

        return true;
    }
}
