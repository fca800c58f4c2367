using System.Buffers.Binary;

namespace EdgeAI.Storage.Codecs.Elements;

/// <summary>
/// Foretells the elements of a cast: what the base would be in another form, rounded to nearest, ties to even, as converters do. Elements are
/// little-endian, as model files hold them.
/// </summary>
internal static class ElementCast
{
    /// <summary>Says whether one form can be foretold from another.</summary>
    public static bool CanCast(ElementForm from, ElementForm to) => from == to || (from.IsFloat() && to.IsFloat());

    /// <summary>Casts elements.</summary>
    /// <param name="source">The base's elements.</param>
    /// <param name="from">Their form.</param>
    /// <param name="destination">As many elements in the other form.</param>
    /// <param name="to">The other form; another one than <paramref name="from"/>.</param>
    public static void Cast(ReadOnlySpan<byte> source, ElementForm from, Span<byte> destination, ElementForm to)
    {
        var count = destination.Length / to.SizeOf();
        for (var i = 0; i < count; i++)
        {
            Write(destination, i, to, Read(source, i, from));
        }
    }

    private static float Read(ReadOnlySpan<byte> source, int index, ElementForm form) => form switch
    {
        ElementForm.Float32 => BinaryPrimitives.ReadSingleLittleEndian(source[(4 * index)..]),
        ElementForm.Float16 => (float)BinaryPrimitives.ReadHalfLittleEndian(source[(2 * index)..]),
        _ => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(source[(2 * index)..]) << 16),
    };

    private static void Write(Span<byte> destination, int index, ElementForm form, float value)
    {
        switch (form)
        {
            case ElementForm.Float32:
                BinaryPrimitives.WriteSingleLittleEndian(destination[(4 * index)..], value);
                break;
            case ElementForm.Float16:
                BinaryPrimitives.WriteHalfLittleEndian(destination[(2 * index)..], (Half)value);
                break;
            default:
                BinaryPrimitives.WriteUInt16LittleEndian(destination[(2 * index)..], ((Inference.BFloat16)value).Bits);
                break;
        }
    }
}
