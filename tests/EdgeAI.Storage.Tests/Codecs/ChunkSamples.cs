using System.Buffers.Binary;
using EdgeAI.Inference;
using EdgeAI.Storage.Codecs.Elements;

namespace EdgeAI.Storage.Tests.Codecs;

/// <summary>Chunks like those of models: weights, fine-tuned weights, casts, and bytes of no kind.</summary>
internal static class ChunkSamples
{
    public static byte[] Weights(ElementForm form, int elements, int seed) => Write(form, MakeWeights(elements, seed));

    /// <summary>The same weights, each moved a little.</summary>
    public static byte[] Tuned(ElementForm form, int elements, int seed)
    {
        var random = new Random(seed + 1);
        return Write(form, [.. MakeWeights(elements, seed).Select(weight => weight + (float)(1e-3 * Gauss(random)))]);
    }

    /// <summary>Weights quantised as a converter would: symmetric by rows, or with one scale and a zero point.</summary>
    public static byte[] Quantized(byte[] weights, ElementForm from, ElementForm to, int zeroPoint, int rowLength)
    {
        var floats = new float[weights.Length / from.SizeOf()];
        ElementCast.ToFloats(weights, from, floats);
        var length = rowLength == 0 ? floats.Length : rowLength;
        var scales = floats.Chunk(length).Select(row => row.Max(MathF.Abs) / 127).ToArray();
        return [.. floats.Select((value, i) =>
        {
            var scale = scales[i / length];
            var rounded = MathF.Round(value / scale) + zeroPoint;
            return to == ElementForm.UInt8 ? (byte)Math.Clamp(rounded, 0, 255) : (byte)(sbyte)Math.Clamp(rounded, -128, 127);
        })];
    }

    public static byte[] Noise(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static float[] MakeWeights(int elements, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, elements).Select(_ => (float)(0.05 * Gauss(random)))];
    }

    private static double Gauss(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static byte[] Write(ElementForm form, float[] values)
    {
        var size = form.SizeOf();
        var bytes = new byte[values.Length * size];
        for (var i = 0; i < values.Length; i++)
        {
            var destination = bytes.AsSpan(i * size);
            switch (form)
            {
                case ElementForm.Float32:
                    BinaryPrimitives.WriteSingleLittleEndian(destination, values[i]);
                    break;
                case ElementForm.Float16:
                    BinaryPrimitives.WriteHalfLittleEndian(destination, (Half)values[i]);
                    break;
                case ElementForm.BFloat16:
                    BinaryPrimitives.WriteUInt16LittleEndian(destination, ((BFloat16)values[i]).Bits);
                    break;
                default:
                    destination[0] = (byte)(sbyte)Math.Clamp(MathF.Round(values[i] * 500), -127, 127);
                    break;
            }
        }

        return bytes;
    }
}
