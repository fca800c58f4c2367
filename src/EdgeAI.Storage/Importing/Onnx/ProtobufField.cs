namespace EdgeAI.Storage.Importing.Onnx;

/// <summary>A field in a message, by where it lies.</summary>
/// <param name="Number">The field's number.</param>
/// <param name="Type">Its wire type.</param>
/// <param name="Start">Where its tag begins.</param>
/// <param name="ContentStart">Where its content begins: after the tag, and after the length of a <see cref="WireType.Bytes"/> field.</param>
/// <param name="End">Where its content ends.</param>
internal readonly record struct ProtobufField(int Number, WireType Type, long Start, long ContentStart, long End)
{
    public long ContentLength => End - ContentStart;
}
