using EdgeAI.Inference;
using EdgeAI.Isolation;
using EdgeAI.Runtime.Tests.Baseline;

namespace EdgeAI.Runtime.Tests.Isolation;

public sealed class ValueTransferTests
{
    [Fact]
    public void Read_EveryKindOfValue_IsAsItWasWritten()
    {
        using var values = CreateValues();
        using var area = SharedArea.Create(ValueWriter.Measure(values));
        using var other = SharedArea.Open(area.Path);
        var message = Write(values, area);

        using var read = new ModelOutputs([.. values.Keys], [.. Read(message, other).Values]);

        ModelValueAssert.Same(values, read);
    }

    [Fact]
    public void Read_OfNumbers_RefersToTheSharedMemory()
    {
        using var values = new ModelOutputs(["x"], [TensorValue.Create(new float[] { 1, 2 }, 2)]);
        using var area = SharedArea.Create(ValueWriter.Measure(values));
        using var other = SharedArea.Open(area.Path);
        var read = Read(Write(values, area), other)["x"].AsTensor();

        BitConverter.TryWriteBytes(area.Slice(4, 4).Span, 7f);

        Assert.Equal([1f, 7f], read.ToArray<float>());
    }

    [Fact]
    public void Read_OfMessageCutAnywhere_SaysThatItIsDamaged()
    {
        using var values = CreateValues();
        using var area = SharedArea.Create(ValueWriter.Measure(values));
        var message = Write(values, area);

        for (var length = 0; length < message.Length; length++)
        {
            var cut = message[..length];
            Assert.Throws<InvalidDataException>(() => Read(cut, area));
        }
    }

    [Fact]
    public void Read_OfOffsetOutsideTheArea_SaysThatItIsDamaged()
    {
        using var values = new ModelOutputs(["x"], [TensorValue.Create(new float[] { 1, 2 }, 2)]);
        using var area = SharedArea.Create(ValueWriter.Measure(values));
        var message = Write(values, area);
        BitConverter.TryWriteBytes(message.AsSpan(^8..), area.Length);

        Assert.Throws<InvalidDataException>(() => Read(message, area));
    }

    [Fact]
    public void Dispose_OfTheMaker_RemovesTheFileAndLeavesTheOthersMapping()
    {
        var area = SharedArea.Create(64);
        using var other = SharedArea.Open(area.Path);
        area.Slice(0, 1).Span[0] = 5;

        area.Dispose();

        Assert.EndsWith(" (deleted)", OperatingSystem.IsLinux() ? new FileInfo(other.Path).LinkTarget : File.Exists(other.Path) ? other.Path : " (deleted)", StringComparison.Ordinal);
        Assert.Equal(5, other.Slice(0, 1).Span[0]);
    }

    private static ModelOutputs CreateValues() => new(
        ["float", "half", "scalar", "empty", "int4", "strings", "sequence", "map", "none"],
        [
            TensorValue.Create(new[] { 1f, float.NaN, float.NegativeInfinity }, 3),
            TensorValue.Create(new[] { (Half)1, Half.MaxValue }, 1, 2),
            TensorValue.Scalar(-5L),
            TensorValue.Create(Array.Empty<float>(), 0, 4),
            TensorValue.FromBytes(ElementType.Int4, new byte[] { 0x21, 0x03 }, 3),
            TensorValue.Create(new[] { "one", string.Empty, "drei, ä" }, 3),
            new SequenceValue([TensorValue.Scalar(1f), new MapValue(TensorValue.Create(new[] { "a" }, 1), TensorValue.Create(new[] { 2L }, 1))]),
            new MapValue(TensorValue.Create(new[] { 1L, 2L }, 2), TensorValue.Create(new[] { 3f, 4f }, 2)),
            OptionalValue.None,
        ]);

    private static byte[] Write(ModelOutputs values, SharedArea area)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        new ValueWriter(writer, area).Write(values);
        writer.Flush();
        return stream.ToArray();
    }

    private static Dictionary<string, ModelValue> Read(byte[] message, SharedArea area)
    {
        using var stream = new MemoryStream(message);
        using var reader = new BinaryReader(stream);
        return new ValueReader(reader, area).Read();
    }
}
