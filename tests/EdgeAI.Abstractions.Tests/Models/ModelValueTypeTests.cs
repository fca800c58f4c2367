using EdgeAI.Inference;
using EdgeAI.Models;

namespace EdgeAI.Abstractions.Tests.Models;

public sealed class ModelValueTypeTests
{
    private static readonly ModelValueType Vector = ModelValueType.Tensor(ElementType.Float32, [new(3)]);

    [Fact]
    public void ToString_OfEveryKind_ReadsAsTheFieldWritesIt()
    {
        Assert.Equal("float32[batch,3,?]", ModelValueType.Tensor(ElementType.Float32, [new(null, "batch"), new(3), new(null)]).ToString());
        Assert.Equal("int64[]", ModelValueType.Tensor(ElementType.Int64, []).ToString());
        Assert.Equal("bfloat16[…]", ModelValueType.Tensor(ElementType.BFloat16, null).ToString());
        Assert.Equal("sequence<float32[3]>", ModelValueType.Sequence(Vector).ToString());
        Assert.Equal("map<string,float32[3]>", ModelValueType.Map(ElementType.String, Vector).ToString());
        Assert.Equal("optional<sequence<float32[3]>>", ModelValueType.Optional(ModelValueType.Sequence(Vector)).ToString());
        Assert.Equal("uint8[2]", new ModelValueType { Kind = ModelValueKind.SparseTensor, ElementType = ElementType.UInt8, Shape = [new(2)] }.ToString());
    }

    [Fact]
    public void Equality_OfTypes_IsByTheirParts()
    {
        Assert.Equal(ModelValueType.Tensor(ElementType.Float32, [new(3)]), Vector);
        Assert.Equal(ModelValueType.Tensor(ElementType.Float32, [new(3)]).GetHashCode(), Vector.GetHashCode());
        Assert.NotEqual(ModelValueType.Tensor(ElementType.Float32, [new(4)]), Vector);
        Assert.NotEqual(ModelValueType.Tensor(ElementType.Float32, null), Vector);
        Assert.NotEqual(ModelValueType.Tensor(ElementType.Float64, [new(3)]), Vector);
        Assert.NotEqual(ModelValueType.Sequence(Vector), ModelValueType.Optional(Vector));
        Assert.NotEqual(ModelValueType.Map(ElementType.Int64, Vector), ModelValueType.Map(ElementType.String, Vector));
        Assert.Equal(ModelValueType.Tensor(ElementType.String, null), ModelValueType.Tensor(ElementType.String, null));
        Assert.False(Vector.Equals(null));
    }

    [Fact]
    public void Accepts_FixedDimension_OnlyItsSize()
    {
        Assert.True(new ModelDimension(3).Accepts(3));
        Assert.False(new ModelDimension(3).Accepts(4));
        Assert.True(new ModelDimension(null, "batch").Accepts(4));
        Assert.True(default(ModelDimension).Accepts(0));
    }

    [Fact]
    public void ToString_OfAValueInfo_HasNameAndType() => Assert.Equal("x: float32[3]", new ModelValueInfo("x", Vector).ToString());
}
