using System.Buffers;
using System.Buffers.Binary;
using EdgeAI.Storage.Codecs.Elements;
using EdgeAI.Storage.Codecs.Entropy;

namespace EdgeAI.Storage.Codecs;

/// <summary>
/// Keeps a chunk as what differs from another: per element the difference in the order of numbers, its size coded by how often it occurs beside base elements of that
/// magnitude. Where the base has another float form, it is cast first, so that what remains of a cast is next to nothing. Thread-safe.
/// </summary>
/// <remarks>
/// Stored, little-endian: version, form, form of the base, the base's largest exponent; the length of the further bits (4 bytes); the model; the further
/// bits; the symbols.
/// </remarks>
internal static class DeltaCodec
{
    /// <summary>The number that packs know it by.</summary>
    public const byte Id = 3;

    private const byte Version = 1;
    private const int HeaderLength = 8;
    private const int MaxModelLength = RansModel.MaxContexts * ((2 * RansModel.MaxSymbols) + 1);

    /// <summary>Says whether a chunk can be kept as a difference from another.</summary>
    public static bool Suits(int length, ElementForm form, int baseLength, ElementForm baseForm) =>
        form != ElementForm.Bytes
        && length > 0
        && length % form.SizeOf() == 0
        && ElementCast.CanCast(baseForm, form)
        && (long)baseLength * form.SizeOf() == (long)length * baseForm.SizeOf();

    /// <summary>Encodes a chunk.</summary>
    /// <param name="plain">The chunk.</param>
    /// <param name="form">Its elements' form.</param>
    /// <param name="baseline">The other chunk; <see cref="Suits"/> says yes to the two.</param>
    /// <param name="baseForm">Its elements' form.</param>
    /// <param name="encoded">At least as long as <paramref name="plain"/>.</param>
    /// <returns>How many bytes were written; 0 when it would not shrink.</returns>
    public static int Encode(ReadOnlySpan<byte> plain, ElementForm form, ReadOnlySpan<byte> baseline, ElementForm baseForm, Span<byte> encoded)
    {
        var count = plain.Length / form.SizeOf();
        var workspace = new Workspace(count, plain.Length);
        try
        {
            var expected = workspace.Expect(baseline, baseForm, form, plain.Length);
            var top = ElementDifference.LargestExponent(expected, form);
            ElementDifference.Subtract(plain, expected, form, top, workspace.Values, workspace.Contexts);
            var length = workspace.EncodeTo(encoded, plain.Length);
            if (length > 0)
            {
                encoded[0] = Version;
                encoded[1] = (byte)form;
                encoded[2] = (byte)baseForm;
                encoded[3] = top;
            }

            return length;
        }
        finally
        {
            workspace.Return();
        }
    }

    /// <summary>Decodes untrusted bytes.</summary>
    /// <param name="encoded">What <see cref="Encode"/> wrote.</param>
    /// <param name="baseline">The chunk that it was encoded against.</param>
    /// <param name="plain">Exactly as long as the chunk.</param>
    /// <returns>False when the bytes are not what the codec writes for chunks of those lengths.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, ReadOnlySpan<byte> baseline, Span<byte> plain)
    {
        if (encoded.Length < HeaderLength || encoded[0] != Version)
        {
            return false;
        }

        var (form, baseForm) = ((ElementForm)encoded[1], (ElementForm)encoded[2]);
        if (!form.IsKnown() || !baseForm.IsKnown() || !Suits(plain.Length, form, baseline.Length, baseForm))
        {
            return false;
        }

        var workspace = new Workspace(plain.Length / form.SizeOf(), plain.Length);
        try
        {
            var expected = workspace.Expect(baseline, baseForm, form, plain.Length);
            ElementDifference.FindContexts(expected, form, encoded[3], workspace.Contexts);
            if (!workspace.TryDecodeFrom(encoded))
            {
                return false;
            }

            ElementDifference.Add(expected, workspace.Values, form, plain);
            return true;
        }
        finally
        {
            workspace.Return();
        }
    }

    private readonly struct Workspace(int count, int length)
    {
        private readonly uint[] _values = ArrayPool<uint>.Shared.Rent(count);
        private readonly byte[] _contexts = ArrayPool<byte>.Shared.Rent(count);
        private readonly byte[] _tokens = ArrayPool<byte>.Shared.Rent(count);
        private readonly byte[] _expected = ArrayPool<byte>.Shared.Rent(length);
        private readonly byte[] _bits = ArrayPool<byte>.Shared.Rent((4 * count) + 8);
        private readonly byte[] _symbols = ArrayPool<byte>.Shared.Rent(RansCoder.MaxLength(count));

        public Span<uint> Values => _values.AsSpan(0, count);

        public Span<byte> Contexts => _contexts.AsSpan(0, count);

        private Span<byte> Tokens => _tokens.AsSpan(0, count);

        public ReadOnlySpan<byte> Expect(ReadOnlySpan<byte> baseline, ElementForm from, ElementForm to, int expectedLength)
        {
            if (from == to)
            {
                return baseline;
            }

            ElementCast.Cast(baseline, from, _expected.AsSpan(0, expectedLength), to);
            return _expected.AsSpan(0, expectedLength);
        }

        public int EncodeTo(Span<byte> encoded, int limit)
        {
            var bits = SplitValues(out var model);
            Span<byte> modelBytes = stackalloc byte[MaxModelLength];
            var modelLength = model.Write(modelBytes);
            var symbols = RansCoder.Encode(model, Tokens, Contexts, _symbols.AsSpan(0, RansCoder.MaxLength(count)));
            var total = HeaderLength + modelLength + bits + symbols;
            if (total >= limit)
            {
                return 0;
            }

            BinaryPrimitives.WriteInt32LittleEndian(encoded[4..], bits);
            modelBytes[..modelLength].CopyTo(encoded[HeaderLength..]);
            _bits.AsSpan(0, bits).CopyTo(encoded[(HeaderLength + modelLength)..]);
            _symbols.AsSpan(0, symbols).CopyTo(encoded[(HeaderLength + modelLength + bits)..]);
            return total;
        }

        public bool TryDecodeFrom(ReadOnlySpan<byte> encoded)
        {
            var bits = BinaryPrimitives.ReadInt32LittleEndian(encoded[4..]);
            if (RansModel.TryRead(encoded[HeaderLength..], out var modelLength) is not { } model
                || bits < 0
                || bits > encoded.Length - HeaderLength - modelLength)
            {
                return false;
            }

            var rest = encoded[(HeaderLength + modelLength)..];
            if (!RansCoder.TryDecode(model, rest[bits..], Contexts, Tokens))
            {
                return false;
            }

            JoinValues(new BitReader(rest[..bits]));
            return true;
        }

        public void Return()
        {
            ArrayPool<uint>.Shared.Return(_values);
            ArrayPool<byte>.Shared.Return(_contexts);
            ArrayPool<byte>.Shared.Return(_tokens);
            ArrayPool<byte>.Shared.Return(_expected);
            ArrayPool<byte>.Shared.Return(_bits);
            ArrayPool<byte>.Shared.Return(_symbols);
        }

        private int SplitValues(out RansModel model)
        {
            var counts = new int[RansModel.MaxContexts * RansModel.MaxSymbols];
            var writer = new BitWriter(_bits);
            var values = Values;
            var contexts = Contexts;
            var tokens = Tokens;
            for (var i = 0; i < values.Length; i++)
            {
                var value = values[i];
                var token = MagnitudeTokens.TokenOf(value);
                tokens[i] = token;
                counts[(contexts[i] * RansModel.MaxSymbols) + token]++;
                var extra = MagnitudeTokens.ExtraBits(token);
                if (extra > 0)
                {
                    writer.Write(value - MagnitudeTokens.BaseOf(token), extra);
                }
            }

            writer.Flush();
            model = RansModel.FromCounts(counts);
            return writer.Length;
        }

        private void JoinValues(BitReader reader)
        {
            var values = Values;
            var tokens = Tokens;
            for (var i = 0; i < values.Length; i++)
            {
                var token = tokens[i];
                var extra = Math.Min(MagnitudeTokens.ExtraBits(token), 31);
                values[i] = MagnitudeTokens.BaseOf(token) + (extra > 0 ? reader.Read(extra) : 0);
            }
        }
    }
}
