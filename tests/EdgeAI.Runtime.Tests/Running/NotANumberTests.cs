using EdgeAI.Inference;
using EdgeAI.Running;

namespace EdgeAI.Runtime.Tests.Running;

public sealed class NotANumberTests
{
    private static readonly int[] Lengths = [1, 2, 7, 8, 15, 16, 31, 32, 33, 64, 100];

    public static TheoryData<ElementType> Types => [ElementType.Float32, ElementType.Float64, ElementType.Float16, ElementType.BFloat16];

    [Theory]
    [MemberData(nameof(Types))]
    public void IsIn_OneAnywhere_IsFound(ElementType type)
    {
        foreach (var length in Lengths)
        {
            Assert.False(NotANumber.IsIn(Make(type, length, place: -1)));
            for (var place = 0; place < length; place++)
            {
                Assert.True(NotANumber.IsIn(Make(type, length, place)), $"{type}, {length}, {place}");
            }
        }
    }

    [Fact]
    public void IsIn_NumbersOfOtherTypes_IsNever()
    {
        var bytes = Enumerable.Repeat((byte)0xFF, 64).ToArray();

        Assert.False(NotANumber.IsIn(TensorValue.FromBytes(ElementType.Int32, bytes, 16)));
        Assert.False(NotANumber.IsIn(TensorValue.Create(new[] { "NaN" }, 1)));
        Assert.False(NotANumber.IsIn(TensorValue.Create(Array.Empty<float>(), 0)));
        Assert.False(NotANumber.IsIn(OptionalValue.None));
    }

    [Fact]
    public void IsIn_InsideOfASequenceOrAMap_IsFound()
    {
        var tensor = Make(ElementType.Float32, 3, 1);

        Assert.True(NotANumber.IsIn(new SequenceValue([Make(ElementType.Float32, 3, -1), tensor])));
        Assert.True(NotANumber.IsIn(new MapValue(TensorValue.Create(new long[3], 3), tensor)));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void IsIn_Tensors_AllocatesNothing(ElementType type)
    {
        var tensor = Make(type, 1000, place: -1);
        NotANumber.IsIn(tensor);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            NotANumber.IsIn(tensor);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    // Infinities and the largest numbers of both signs, and NaN of either sign at the place.
    private static TensorValue Make(ElementType type, int length, int place) => type switch
    {
        ElementType.Float32 => TensorValue.Create(Fill([float.PositiveInfinity, float.MinValue, -0f, float.NegativeInfinity], float.NaN, length, place), length),
        ElementType.Float64 => TensorValue.Create(Fill([double.PositiveInfinity, double.MinValue, -0d, double.NegativeInfinity], -double.NaN, length, place), length),
        ElementType.Float16 => TensorValue.Create(Fill([Half.PositiveInfinity, Half.MinValue, Half.NegativeZero, Half.NegativeInfinity], Half.NaN, length, place), length),
        _ => TensorValue.Create(
            Fill([new BFloat16(0x7F80), new BFloat16(0xFF7F), new BFloat16(0x8000), new BFloat16(0xFF80)], new BFloat16((ushort)(place % 2 == 0 ? 0x7F81 : 0xFFFF)), length, place), length),
    };

    private static T[] Fill<T>(T[] numbers, T notANumber, int length, int place) =>
        [.. Enumerable.Range(0, length).Select(index => index == place ? notANumber : numbers[index % numbers.Length])];
}
