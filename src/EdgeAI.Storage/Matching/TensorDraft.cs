using EdgeAI.Storage.Codecs.Elements;
using EdgeAI.Storage.Importing;

namespace EdgeAI.Storage.Matching;

/// <summary>A tensor that is being imported: what is known of it before its chunks are read.</summary>
internal sealed class TensorDraft(TensorExtent extent, byte[] sketch)
{
    public TensorExtent Extent => extent;

    public byte[] Sketch => sketch;

    public ElementForm Form { get; } = FormOf(extent.Encoding);

    /// <summary>How many elements the outermost dimension's parts have.</summary>
    public long RowLength => extent.Shape is [> 0 and var rows, _, ..] ? Elements / rows : 0;

    public long Elements => extent.Length / Form.SizeOf();

    /// <summary>The search for a stored tensor that it was made from; begun by the first chunk that the store lacks.</summary>
    public Task<StoredTensor?>? Base { get; set; }

    /// <summary>What a codec may take elements for. The blocks of a quantised format are scales among small integers: taken for integers of a byte.</summary>
    public static ElementForm FormOf(TensorEncoding encoding) =>
        encoding.ElementType is { } type ? ElementForms.Of(type) : encoding.IsKnown ? ElementForm.Int8 : ElementForm.Bytes;
}
