using System.Numerics;
using EdgeAI.Inference;

namespace EdgeAI.Abstractions.Tests.Inference;

public sealed class ElementTypeTests
{
    [Fact]
    public void GetBits_OfEveryType_IsKnown() =>
        Assert.All(Enum.GetValues<ElementType>(), type => Assert.Contains(type.GetBits(), new[] { 0, 2, 4, 8, 16, 32, 64, 128 }));

    [Fact]
    public void GetBits_OfNoType_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => ((ElementType)99).GetBits());

    [Theory]
    [InlineData(ElementType.Float32, 3, 12)]
    [InlineData(ElementType.Float32, 0, 0)]
    [InlineData(ElementType.Complex128, 2, 32)]
    [InlineData(ElementType.Int4, 1, 1)]
    [InlineData(ElementType.Int4, 2, 1)]
    [InlineData(ElementType.UInt4, 3, 2)]
    [InlineData(ElementType.Float4E2M1, 7, 4)]
    [InlineData(ElementType.UInt2, 4, 1)]
    [InlineData(ElementType.Int2, 5, 2)]
    [InlineData(ElementType.Bool, 5, 5)]
    public void GetByteCount_OfElements_FillsUpTheLastByte(ElementType type, long elements, long bytes) =>
        Assert.Equal(bytes, type.GetByteCount(elements));

    [Fact]
    public void GetByteCount_OfMoreThanALongHolds_IsRefused() =>
        Assert.Throws<OverflowException>(() => ElementType.Float64.GetByteCount(long.MaxValue / 4));

    [Fact]
    public void Of_EveryNetType_IsItsElementType()
    {
        Assert.Equal(ElementType.Float32, ElementTypeExtensions.Of<float>());
        Assert.Equal(ElementType.Float64, ElementTypeExtensions.Of<double>());
        Assert.Equal(ElementType.Float16, ElementTypeExtensions.Of<Half>());
        Assert.Equal(ElementType.BFloat16, ElementTypeExtensions.Of<BFloat16>());
        Assert.Equal(ElementType.Int8, ElementTypeExtensions.Of<sbyte>());
        Assert.Equal(ElementType.Int16, ElementTypeExtensions.Of<short>());
        Assert.Equal(ElementType.Int32, ElementTypeExtensions.Of<int>());
        Assert.Equal(ElementType.Int64, ElementTypeExtensions.Of<long>());
        Assert.Equal(ElementType.UInt8, ElementTypeExtensions.Of<byte>());
        Assert.Equal(ElementType.UInt16, ElementTypeExtensions.Of<ushort>());
        Assert.Equal(ElementType.UInt32, ElementTypeExtensions.Of<uint>());
        Assert.Equal(ElementType.UInt64, ElementTypeExtensions.Of<ulong>());
        Assert.Equal(ElementType.Bool, ElementTypeExtensions.Of<bool>());
        Assert.Equal(ElementType.String, ElementTypeExtensions.Of<string>());
        Assert.Equal(ElementType.Complex128, ElementTypeExtensions.Of<Complex>());
        Assert.Null(ElementTypeExtensions.Of<decimal>());
        Assert.Null(ElementTypeExtensions.Of<char>());
    }

    // Source: the ONNX specification, onnx.proto, TensorProto.DataType.
    [Theory]
    [InlineData(ElementType.Float32, 1)]
    [InlineData(ElementType.String, 8)]
    [InlineData(ElementType.Float16, 10)]
    [InlineData(ElementType.BFloat16, 16)]
    [InlineData(ElementType.Float8E5M2FNUZ, 20)]
    [InlineData(ElementType.Int4, 22)]
    [InlineData(ElementType.Float4E2M1, 23)]
    public void Value_OfAnElementType_IsTheSpecifications(ElementType type, int value) => Assert.Equal(value, (int)type);

    [Fact]
    public void ToDisplayName_OfATypes_IsLowercase()
    {
        Assert.Equal("float32", ElementType.Float32.ToDisplayName());
        Assert.Equal("bfloat16", ElementType.BFloat16.ToDisplayName());
        Assert.Equal("string", ElementType.String.ToDisplayName());
    }
}
