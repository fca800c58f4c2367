using EdgeAI.Inference;

namespace EdgeAI.Storage.Codecs.Elements;

/// <summary>Facts about element forms.</summary>
internal static class ElementForms
{
    public static ElementForm Of(ElementType? type) => type switch
    {
        ElementType.Float16 => ElementForm.Float16,
        ElementType.BFloat16 => ElementForm.BFloat16,
        ElementType.Float32 => ElementForm.Float32,
        ElementType.Int8 => ElementForm.Int8,
        ElementType.UInt8 => ElementForm.UInt8,
        _ => ElementForm.Bytes,
    };

    /// <summary>The length of an element in bytes.</summary>
    public static int SizeOf(this ElementForm form) => form switch
    {
        ElementForm.Float16 or ElementForm.BFloat16 => 2,
        ElementForm.Float32 => 4,
        _ => 1,
    };

    public static bool IsFloat(this ElementForm form) => form is ElementForm.Float16 or ElementForm.BFloat16 or ElementForm.Float32;

    public static bool IsKnown(this ElementForm form) => form <= ElementForm.UInt8;

    public static bool IsByte(this ElementForm form) => form is ElementForm.Int8 or ElementForm.UInt8;
}
