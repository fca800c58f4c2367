using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeAI.Storage.Codecs.Entropy;

namespace EdgeAI.Storage.Codecs.Elements;

/// <summary>
/// Differences between elements in the order of numbers: floats as the integers that count them, from the most negative up, so that neighbours differ by
/// one. Small and large, positive and negative differences are folded into one count from zero. Elements are little-endian.
/// </summary>
internal static class ElementDifference
{
    private const int LastContext = RansModel.MaxContexts - 1;

    /// <summary>The largest exponent among floats; 0 for other elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static byte LargestExponent(ReadOnlySpan<byte> elements, ElementForm form)
    {
        var largest = 0;
        switch (form)
        {
            case ElementForm.Float32:
                foreach (var bits in MemoryMarshal.Cast<byte, uint>(elements))
                {
                    largest = Math.Max(largest, (int)(bits >> 23) & 0xFF);
                }

                break;
            case ElementForm.BFloat16 or ElementForm.Float16:
                var (shift, mask) = form == ElementForm.BFloat16 ? (7, 0xFF) : (10, 0x1F);
                foreach (var bits in MemoryMarshal.Cast<byte, ushort>(elements))
                {
                    largest = Math.Max(largest, (bits >> shift) & mask);
                }

                break;
        }

        return (byte)largest;
    }

    /// <summary>The context of each element: how many powers of two its base lies under the largest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FindContexts(ReadOnlySpan<byte> baseline, ElementForm form, byte top, Span<byte> contexts)
    {
        switch (form)
        {
            case ElementForm.Float32:
                var words = MemoryMarshal.Cast<byte, uint>(baseline);
                for (var i = 0; i < contexts.Length; i++)
                {
                    contexts[i] = ContextOf(top - ((int)(words[i] >> 23) & 0xFF));
                }

                break;
            case ElementForm.BFloat16 or ElementForm.Float16:
                var (shift, mask) = form == ElementForm.BFloat16 ? (7, 0xFF) : (10, 0x1F);
                var halves = MemoryMarshal.Cast<byte, ushort>(baseline);
                for (var i = 0; i < contexts.Length; i++)
                {
                    contexts[i] = ContextOf(top - ((halves[i] >> shift) & mask));
                }

                break;
            default:
                contexts.Clear();
                break;
        }
    }

    /// <summary>Subtracts, and finds the contexts on the way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Subtract(
        ReadOnlySpan<byte> plain,
        ReadOnlySpan<byte> baseline,
        ElementForm form,
        byte top,
        Span<uint> values,
        Span<byte> contexts)
    {
        FindContexts(baseline, form, top, contexts);
        switch (form.SizeOf())
        {
            case 4:
                var words = MemoryMarshal.Cast<byte, uint>(plain);
                var baseWords = MemoryMarshal.Cast<byte, uint>(baseline);
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = Fold((int)(Order(words[i]) - Order(baseWords[i])));
                }

                break;
            case 2:
                var halves = MemoryMarshal.Cast<byte, ushort>(plain);
                var baseHalves = MemoryMarshal.Cast<byte, ushort>(baseline);
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = Fold((short)(Order(halves[i]) - Order(baseHalves[i])));
                }

                break;
            default:
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = Fold((sbyte)(plain[i] - baseline[i]));
                }

                break;
        }
    }

    /// <summary>Adds folded differences to the base.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(ReadOnlySpan<byte> baseline, ReadOnlySpan<uint> values, ElementForm form, Span<byte> plain)
    {
        switch (form.SizeOf())
        {
            case 4:
                var words = MemoryMarshal.Cast<byte, uint>(plain);
                var baseWords = MemoryMarshal.Cast<byte, uint>(baseline);
                for (var i = 0; i < values.Length; i++)
                {
                    words[i] = Disorder(Order(baseWords[i]) + (uint)Unfold(values[i]));
                }

                break;
            case 2:
                var halves = MemoryMarshal.Cast<byte, ushort>(plain);
                var baseHalves = MemoryMarshal.Cast<byte, ushort>(baseline);
                for (var i = 0; i < values.Length; i++)
                {
                    halves[i] = Disorder((ushort)(Order(baseHalves[i]) + Unfold(values[i])));
                }

                break;
            default:
                for (var i = 0; i < values.Length; i++)
                {
                    plain[i] = (byte)(baseline[i] + Unfold(values[i]));
                }

                break;
        }
    }

    private static byte ContextOf(int below) => (byte)Math.Clamp(below, 0, LastContext);

    private static uint Fold(int difference) => ((uint)difference << 1) ^ (uint)(difference >> 31);

    private static int Unfold(uint value) => (int)(value >> 1) ^ -(int)(value & 1);

    private static uint Order(uint bits) => bits ^ ((uint)((int)bits >> 31) | 0x8000_0000);

    private static uint Disorder(uint order) => order ^ ((uint)~((int)order >> 31) | 0x8000_0000);

    private static ushort Order(ushort bits) => (ushort)(bits ^ ((short)bits >> 15 | 0x8000));

    private static ushort Disorder(ushort order) => (ushort)(order ^ (~((short)order >> 15) | 0x8000));
}
