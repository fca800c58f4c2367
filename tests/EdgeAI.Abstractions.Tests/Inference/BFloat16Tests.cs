using EdgeAI.Inference;

namespace EdgeAI.Abstractions.Tests.Inference;

public sealed class BFloat16Tests
{
    [Theory]
    [InlineData(0x3F800000u, 0x3F80)] // 1, exact
    [InlineData(0x80000000u, 0x8000)] // -0 stays negative
    [InlineData(0x3F808000u, 0x3F80)] // tie, down to even
    [InlineData(0x3F818000u, 0x3F82)] // tie, up to even
    [InlineData(0x3F807FFFu, 0x3F80)] // just below a tie
    [InlineData(0x3F808001u, 0x3F81)] // just above a tie
    [InlineData(0xBF818000u, 0xBF82)] // ties are symmetric
    [InlineData(0x3FFFFFFFu, 0x4000)] // the carry reaches the exponent
    [InlineData(0x7F7FFFFFu, 0x7F80)] // the largest float rounds to infinity
    [InlineData(0x7F7F7FFFu, 0x7F7F)] // the largest that does not
    [InlineData(0x7F800000u, 0x7F80)] // infinity
    [InlineData(0xFF800000u, 0xFF80)] // -infinity
    [InlineData(0x00000001u, 0x0000)] // the smallest denormal
    [InlineData(0x00018000u, 0x0002)] // a denormal tie
    public void Convert_FromFloat_RoundsToNearestEven(uint bits, ushort expected) =>
        Assert.Equal(expected, ((BFloat16)BitConverter.UInt32BitsToSingle(bits)).Bits);

    [Theory]
    [InlineData(0x7FC00000u)]
    [InlineData(0x7F800001u)]
    [InlineData(0xFFFFFFFFu)]
    [InlineData(0x7F80FFFFu)]
    public void Convert_NaN_StaysNaNOfItsSign(uint bits)
    {
        var value = (BFloat16)BitConverter.UInt32BitsToSingle(bits);

        Assert.True(float.IsNaN(value));
        Assert.Equal(bits >> 31, (uint)value.Bits >> 15);
    }

    [Fact]
    public void Convert_EveryValueToFloatAndBack_IsTheSame()
    {
        for (var bits = 0; bits <= ushort.MaxValue; bits++)
        {
            var value = new BFloat16((ushort)bits);
            var back = (BFloat16)(float)value;
            Assert.True(back == value || (float.IsNaN(value) && float.IsNaN(back)), $"0x{bits:X4} came back as 0x{back.Bits:X4}");
        }
    }

    [Fact]
    public void ToString_OfANumber_IsInvariant() => Assert.Equal("-1.5", ((BFloat16)(-1.5f)).ToString());
}
