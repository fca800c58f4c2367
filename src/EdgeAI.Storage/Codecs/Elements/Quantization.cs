using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeAI.Storage.Codecs.Elements;

/// <summary>
/// Foretells the elements of a quantised tensor from the floats that it was made from: <c>q = clamp(round(x / scale) + zero point)</c>, ties to even, as quantisers
/// compute it, with a scale for the whole run or for each row. Source: the ONNX operator <c>QuantizeLinear</c>.
/// </summary>
/// <remarks>
/// Parameters, little-endian: the row's length and how far into a row the run begins (4 bytes each); then for each row either 0 (the scale is the largest
/// magnitude over 127, the zero point 0) or 1, the scale (4 bytes) and the zero point (1 byte).
/// </remarks>
internal static class Quantization
{
    private const int HeaderLength = 8;
    private const int RowLimit = 1 + sizeof(float) + 1;
    private const byte Symmetric = 0;
    private const byte Explicit = 1;

    // A row whose foretold elements are wrong more often than this has another scale than the one tried.
    private const double WrongShare = 0.02;

    // Rows shorter than this cost more in parameters than they save.
    private const int ShortestRow = 16;

    private const int SampleLength = 4096;

    /// <summary>The longest that the parameters of a run can be.</summary>
    public static int MaxParametersLength(int elements) => HeaderLength + (RowLimit * ((elements / ShortestRow) + 2));

    /// <summary>Finds the parameters of a run.</summary>
    /// <param name="floats">The floats.</param>
    /// <param name="quantized">What was made from them.</param>
    /// <param name="form">The form of that: signed or unsigned.</param>
    /// <param name="rowLength">How many elements have one scale, if not all have.</param>
    /// <param name="firstElement">Which element of its tensor the run begins with.</param>
    /// <param name="parameters">At least <see cref="MaxParametersLength"/> bytes.</param>
    /// <returns>How many bytes the parameters take.</returns>
    public static int Fit(
        ReadOnlySpan<float> floats,
        ReadOnlySpan<byte> quantized,
        ElementForm form,
        long rowLength,
        long firstElement,
        Span<byte> parameters)
    {
        var sample = Math.Min(floats.Length, SampleLength);
        Span<byte> row = stackalloc byte[RowLimit];
        FitRow(floats, quantized, form, row);
        var isWhole = rowLength < ShortestRow
            || rowLength > int.MaxValue
            || CountWrong(floats[..sample], quantized[..sample], form, Scale.Read(row, floats)) < WrongShare * sample;
        var length = isWhole ? floats.Length : (int)rowLength;
        var phase = isWhole ? 0 : (int)(firstElement % rowLength);
        BinaryPrimitives.WriteInt32LittleEndian(parameters, length);
        BinaryPrimitives.WriteInt32LittleEndian(parameters[4..], phase);
        var position = HeaderLength;
        for (var start = 0; start < floats.Length;)
        {
            var end = Math.Min(floats.Length, start + length - phase);
            position += FitRow(floats[start..end], quantized[start..end], form, parameters[position..]);
            (start, phase) = (end, 0);
        }

        return position;
    }

    /// <summary>Foretells a run from untrusted parameters.</summary>
    /// <param name="floats">The floats.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="form">The form to foretell: signed or unsigned.</param>
    /// <param name="expected">As many elements as floats.</param>
    /// <param name="used">How many bytes of the parameters were read.</param>
    /// <returns>False when the parameters are none.</returns>
    public static bool TryPredict(ReadOnlySpan<float> floats, ReadOnlySpan<byte> parameters, ElementForm form, Span<byte> expected, out int used)
    {
        used = HeaderLength;
        if (parameters.Length < HeaderLength)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(parameters);
        var phase = BinaryPrimitives.ReadInt32LittleEndian(parameters[4..]);
        if (length <= 0 || phase < 0 || phase >= length)
        {
            return false;
        }

        for (var start = 0; start < floats.Length;)
        {
            var end = (int)Math.Min(floats.Length, (long)start + length - phase);
            var size = Scale.LengthOf(parameters[used..]);
            if (size == 0)
            {
                return false;
            }

            Predict(floats[start..end], Scale.Read(parameters[used..], floats[start..end]), form, expected[start..end]);
            used += size;
            (start, phase) = (end, 0);
        }

        return true;
    }

    private static int FitRow(ReadOnlySpan<float> floats, ReadOnlySpan<byte> quantized, ElementForm form, Span<byte> parameters)
    {
        parameters[0] = Symmetric;
        var sample = Math.Min(floats.Length, SampleLength);
        if (CountWrong(floats[..sample], quantized[..sample], form, Scale.Read(parameters, floats)) <= WrongShare * sample)
        {
            return 1;
        }

        var (scale, zeroPoint) = Regress(floats, quantized, form);
        parameters[0] = Explicit;
        BinaryPrimitives.WriteSingleLittleEndian(parameters[1..], scale);
        parameters[5] = (byte)zeroPoint;
        return RowLimit;
    }

    // The line through some of the points by least squares: among so many the rounding averages out.
    private static (float Scale, int ZeroPoint) Regress(ReadOnlySpan<float> floats, ReadOnlySpan<byte> quantized, ElementForm form)
    {
        var stride = 1 + (floats.Length / SampleLength);
        double count = 0, sumX = 0, sumQ = 0, sumXX = 0, sumXQ = 0;
        for (var i = 0; i < floats.Length; i += stride)
        {
            double x = floats[i];
            double q = Value(quantized[i], form);
            count++;
            sumX += x;
            sumQ += q;
            sumXX += x * x;
            sumXQ += x * q;
        }

        var spread = (count * sumXX) - (sumX * sumX);
        var slope = spread > 0 ? ((count * sumXQ) - (sumX * sumQ)) / spread : 0;
        if (!double.IsFinite(slope) || slope <= 0)
        {
            return (1, 0);
        }

        var zeroPoint = (int)Math.Clamp(Math.Round((sumQ - (slope * sumX)) / count), Lowest(form), Highest(form));

        return (FindScale(floats, quantized, form, zeroPoint) ?? (float)(1 / slope), zeroPoint);
    }

    // Every element that is not clamped says between what bounds the scale lies; a scale within all of them foretells every element. The bounds of a run
    // are looked at together: where none is left the search ends, as it does at once in a tensor that was made from other floats.
    private static float? FindScale(ReadOnlySpan<float> floats, ReadOnlySpan<byte> quantized, ElementForm form, int zeroPoint)
    {
        Span<float> steps = stackalloc float[256];
        for (var q = 0; q < steps.Length; q++)
        {
            var value = Value((byte)q, form);
            steps[q] = value == Lowest(form) || value == Highest(form) ? 0 : Math.Abs(value - zeroPoint);
        }

        var (least, most) = (0f, float.MaxValue);
        for (var start = 0; start < floats.Length && least <= most; start += SampleLength)
        {
            var end = Math.Min(floats.Length, start + SampleLength);
            Narrow(floats[start..end], quantized[start..end], steps, ref least, ref most);
        }

        return least > 0 && least <= most && float.IsFinite(most) ? (least + most) / 2 : null;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Narrow(ReadOnlySpan<float> floats, ReadOnlySpan<byte> quantized, ReadOnlySpan<float> steps, ref float least, ref float most)
    {
        var (below, above) = (least, most);
        for (var i = 0; i < floats.Length; i++)
        {
            var step = steps[quantized[i]];
            if (step > 0)
            {
                var x = Math.Abs(floats[i]);
                below = Math.Max(below, x / (step + 0.5f));
                above = Math.Min(above, x / (step - 0.5f));
            }
        }

        (least, most) = (below, above);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int CountWrong(ReadOnlySpan<float> floats, ReadOnlySpan<byte> quantized, ElementForm form, Scale scale)
    {
        Span<byte> expected = stackalloc byte[SampleLength];
        Predict(floats, scale, form, expected);
        var wrong = 0;
        for (var i = 0; i < floats.Length; i++)
        {
            wrong += expected[i] == quantized[i] ? 0 : 1;
        }

        return wrong;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Predict(ReadOnlySpan<float> floats, Scale scale, ElementForm form, Span<byte> expected)
    {
        // Conversions to integers saturate, and make 0 of what is not a number, in vectors and alone, on every processor.
        int zeroPoint = form == ElementForm.UInt8 ? (byte)scale.ZeroPoint : (sbyte)scale.ZeroPoint;
        var (lowest, highest) = (Vector256.Create(Lowest(form)), Vector256.Create(Highest(form)));
        var (size, zero) = (Vector256.Create(scale.Size), Vector256.Create((float)zeroPoint));
        var i = 0;
        for (; i + Vector128<byte>.Count <= floats.Length; i += Vector128<byte>.Count)
        {
            var first = Vector256.ConvertToInt32(Vector256.Round(Vector256.Create(floats[i..]) / size) + zero);
            var second = Vector256.ConvertToInt32(Vector256.Round(Vector256.Create(floats[(i + 8)..]) / size) + zero);
            var words = Vector256.Narrow(Vector256.Clamp(first, lowest, highest), Vector256.Clamp(second, lowest, highest)).AsUInt16() & Vector256.Create((ushort)0xFF);
            Vector128.Narrow(words.GetLower(), words.GetUpper()).CopyTo(expected[i..]);
        }

        for (; i < floats.Length; i++)
        {
            expected[i] = (byte)Math.Clamp((int)(MathF.Round(floats[i] / scale.Size) + zeroPoint), Lowest(form), Highest(form));
        }
    }

    private static int Value(byte element, ElementForm form) => form == ElementForm.UInt8 ? element : (sbyte)element;

    private static int Lowest(ElementForm form) => form == ElementForm.UInt8 ? byte.MinValue : sbyte.MinValue;

    private static int Highest(ElementForm form) => form == ElementForm.UInt8 ? byte.MaxValue : sbyte.MaxValue;

    private readonly record struct Scale(float Size, int ZeroPoint)
    {
        public static int LengthOf(ReadOnlySpan<byte> parameters) => parameters switch
        {
            [Symmetric, ..] => 1,
            [Explicit, ..] when parameters.Length >= RowLimit => RowLimit,
            _ => 0,
        };

        public static Scale Read(ReadOnlySpan<byte> parameters, ReadOnlySpan<float> row)
        {
            if (parameters[0] == Explicit)
            {
                var size = BinaryPrimitives.ReadSingleLittleEndian(parameters[1..]);
                return new Scale(float.IsNormal(size) ? size : 1, parameters[5]);
            }

            var largest = row.IsEmpty ? 0 : Math.Abs(TensorPrimitives.MaxMagnitude(row));
            return new Scale(largest > 0 && float.IsFinite(largest) ? largest / sbyte.MaxValue : 1, 0);
        }
    }
}
