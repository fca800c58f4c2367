using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeAI.Storage.Codecs.Elements;
using EdgeAI.Storage.Codecs.Entropy;

namespace EdgeAI.Storage.Codecs;

/// <summary>
/// Keeps a chunk as what differs from another: per element the difference in the order of numbers, its size coded by how often it occurs beside base elements of that
/// magnitude. Where the base has another form, it is cast or quantised first, so that what remains of a cast or a quantisation is next to nothing. Thread-safe.
/// </summary>
/// <remarks>
/// Stored, little-endian: version, form, form of the base, the base's largest exponent; the length of the further bits (4 bytes); the parameters of a quantisation; the model; the further
/// bits; the symbols.
/// </remarks>
internal static class DeltaCodec
{
    /// <summary>The number that packs know it by.</summary>
    public const byte Id = 3;

    /// <summary>The version of what it writes.</summary>
    public const byte Version = 1;

    private const int HeaderLength = 8;
    private static readonly int MaxModelLength = RansModel.MaxLength(ElementDifference.Contexts, MagnitudeTokens.Count);

    /// <summary>Says whether a chunk can be kept as a difference from another.</summary>
    public static bool Suits(int length, ElementForm form, int baseLength, ElementForm baseForm) =>
        form != ElementForm.Bytes
        && length > 0
        && length % form.SizeOf() == 0
        && ElementCast.CanForetell(baseForm, form)
        && (long)baseLength * form.SizeOf() == (long)length * baseForm.SizeOf();

    /// <summary>Encodes a chunk.</summary>
    /// <param name="content">The chunk and the other one; <see cref="Suits"/> says yes to the two.</param>
    /// <param name="encoded">At least as long as the chunk.</param>
    /// <returns>How many bytes were written; 0 when it would not shrink.</returns>
    public static int Encode(in ChunkContent content, Span<byte> encoded)
    {
        var (form, baseForm, plain) = (content.Form, content.BaseForm, content.Plain.Length);
        var workspace = new Workspace(plain / form.SizeOf(), plain);
        try
        {
            var expected = workspace.Expect(content);
            var top = ElementDifference.LargestExponent(expected, form);
            ElementDifference.FindContexts(expected, form, top, workspace.Contexts);
            ElementDifference.Subtract(content.Plain, expected, form, workspace.Values);
            var length = workspace.EncodeTo(encoded, plain);
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

    /// <summary>Reads the forms of a chunk and of its base from untrusted bytes; false when the bytes are not what the codec writes.</summary>
    public static bool TryReadForms(ReadOnlySpan<byte> encoded, out ElementForm form, out ElementForm baseForm)
    {
        (form, baseForm) = encoded.Length < HeaderLength ? default : ((ElementForm)encoded[1], (ElementForm)encoded[2]);
        return encoded.Length >= HeaderLength && encoded[0] == Version && form.IsKnown() && baseForm.IsKnown();
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
            if (!workspace.TryExpect(baseline, baseForm, form, encoded[HeaderLength..], out var expected, out var parameters))
            {
                return false;
            }

            ElementDifference.FindContexts(expected, form, encoded[3], workspace.Contexts);
            if (!workspace.TryDecodeFrom(encoded, HeaderLength + parameters))
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

    private sealed class Workspace(int count, int length)
    {
        private readonly uint[] _values = ArrayPool<uint>.Shared.Rent(count);
        private readonly byte[] _contexts = ArrayPool<byte>.Shared.Rent(count);
        private readonly byte[] _tokens = ArrayPool<byte>.Shared.Rent(count);
        private readonly byte[] _expected = ArrayPool<byte>.Shared.Rent(length);
        private readonly byte[] _bits = ArrayPool<byte>.Shared.Rent((4 * count) + BitWriter.Slack);
        private readonly byte[] _symbols = ArrayPool<byte>.Shared.Rent(RansCoder.MaxLength(count));

        private readonly byte[] _floats = ArrayPool<byte>.Shared.Rent(sizeof(float) * count);
        private readonly byte[] _parameters = ArrayPool<byte>.Shared.Rent(Quantization.MaxParametersLength(count));
        private int _parametersLength;

        public Span<uint> Values => _values.AsSpan(0, count);

        public Span<byte> Contexts => _contexts.AsSpan(0, count);

        private Span<byte> Tokens => _tokens.AsSpan(0, count);

        private Span<byte> Expected => _expected.AsSpan(0, length);

        private Span<float> Floats => MemoryMarshal.Cast<byte, float>(_floats.AsSpan(0, sizeof(float) * count));

        public ReadOnlySpan<byte> Expect(in ChunkContent content)
        {
            if (!IsQuantized(content.BaseForm, content.Form))
            {
                return Cast(content.Base, content.BaseForm, content.Form);
            }

            _parametersLength = Quantization.Fit(ToFloats(content.Base, content.BaseForm), content.Plain, content.Form, content.RowLength, content.FirstElement, _parameters);
            Quantization.TryPredict(Floats, _parameters.AsSpan(0, _parametersLength), content.Form, Expected, out _);
            return Expected;
        }

        public bool TryExpect(
            ReadOnlySpan<byte> baseline,
            ElementForm from,
            ElementForm to,
            ReadOnlySpan<byte> parameters,
            out ReadOnlySpan<byte> expected,
            out int parametersLength)
        {
            parametersLength = 0;
            if (!IsQuantized(from, to))
            {
                expected = Cast(baseline, from, to);
                return true;
            }

            expected = Expected;
            return Quantization.TryPredict(ToFloats(baseline, from), parameters, to, Expected, out parametersLength);
        }

        public int EncodeTo(Span<byte> encoded, int limit)
        {
            var bits = SplitValues(out var model);
            Span<byte> modelBytes = stackalloc byte[MaxModelLength];
            var modelLength = model.Write(modelBytes);
            var symbols = RansCoder.Encode(model, Tokens, Contexts, _symbols.AsSpan(0, RansCoder.MaxLength(count)));
            var start = HeaderLength + _parametersLength;
            var total = start + modelLength + bits + symbols;
            if (total >= limit)
            {
                return 0;
            }

            BinaryPrimitives.WriteInt32LittleEndian(encoded[4..], bits);
            _parameters.AsSpan(0, _parametersLength).CopyTo(encoded[HeaderLength..]);
            modelBytes[..modelLength].CopyTo(encoded[start..]);
            _bits.AsSpan(0, bits).CopyTo(encoded[(start + modelLength)..]);
            _symbols.AsSpan(0, symbols).CopyTo(encoded[(start + modelLength + bits)..]);
            return total;
        }

        public bool TryDecodeFrom(ReadOnlySpan<byte> encoded, int start)
        {
            var bits = BinaryPrimitives.ReadInt32LittleEndian(encoded[4..]);
            if (RansModel.TryRead(encoded[start..], ElementDifference.Contexts, MagnitudeTokens.Count, out var modelLength) is not { } model
                || bits < 0
                || bits > encoded.Length - start - modelLength)
            {
                return false;
            }

            var rest = encoded[(start + modelLength)..];
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
            ArrayPool<byte>.Shared.Return(_floats);
            ArrayPool<byte>.Shared.Return(_parameters);
        }

        private static bool IsQuantized(ElementForm from, ElementForm to) => from.IsFloat() && to.IsByte();

        private ReadOnlySpan<byte> Cast(ReadOnlySpan<byte> baseline, ElementForm from, ElementForm to)
        {
            if (from == to || to.IsByte())
            {
                return baseline;
            }

            ElementCast.Cast(baseline, from, Expected, to);
            return Expected;
        }

        private Span<float> ToFloats(ReadOnlySpan<byte> baseline, ElementForm form)
        {
            ElementCast.ToFloats(baseline, form, Floats);
            return Floats;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private int SplitValues(out RansModel model)
        {
            MagnitudeTokens.Find(Values, Tokens);
            model = RansModel.Of(Tokens, Contexts, ElementDifference.Contexts, MagnitudeTokens.Count);
            var writer = new BitWriter(_bits);
            var values = Values;
            var tokens = Tokens;
            var i = 0;
            for (; i <= tokens.Length - MagnitudeTokens.RunLength; i += MagnitudeTokens.RunLength)
            {
                for (var large = MagnitudeTokens.FindLarge(tokens[i..]); large != 0; large &= large - 1)
                {
                    var at = i + BitOperations.TrailingZeroCount(large);
                    writer.Write(values[at], MagnitudeTokens.ExtraBits(tokens[at]));
                }
            }

            for (; i < tokens.Length; i++)
            {
                writer.Write(values[i], MagnitudeTokens.ExtraBits(tokens[i]));
            }

            return writer.Complete();
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void JoinValues(BitReader reader)
        {
            var values = Values;
            var tokens = Tokens;
            var i = 0;
            for (; i <= tokens.Length - MagnitudeTokens.RunLength; i += MagnitudeTokens.RunLength)
            {
                MagnitudeTokens.Widen(tokens[i..], values[i..]);
                for (var large = MagnitudeTokens.FindLarge(tokens[i..]); large != 0; large &= large - 1)
                {
                    var at = i + BitOperations.TrailingZeroCount(large);
                    values[at] = MagnitudeTokens.BaseOf(tokens[at]) + reader.Read(MagnitudeTokens.ExtraBits(tokens[at]));
                }
            }

            for (; i < tokens.Length; i++)
            {
                values[i] = MagnitudeTokens.BaseOf(tokens[i]) + reader.Read(MagnitudeTokens.ExtraBits(tokens[i]));
            }
        }
    }
}
