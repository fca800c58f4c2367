using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeAI.Inference;
using EdgeAI.Models;

namespace EdgeAI.Abstractions.Tests.Inference;

public sealed class TensorValueTests
{
    [Fact]
    public void Create_EveryElementType_HoldsTheElementsAndTheirBytes()
    {
        Check(ElementType.Float32, 1.5f, float.NaN);
        Check(ElementType.Float64, -1.5, double.NegativeInfinity);
        Check(ElementType.Float16, (Half)1.5f, Half.MaxValue);
        Check(ElementType.BFloat16, (BFloat16)1.5f, new BFloat16(0x7FC0));
        Check(ElementType.Int8, sbyte.MinValue, sbyte.MaxValue);
        Check(ElementType.Int16, short.MinValue, short.MaxValue);
        Check(ElementType.Int32, int.MinValue, int.MaxValue);
        Check(ElementType.Int64, long.MinValue, long.MaxValue);
        Check(ElementType.UInt8, byte.MinValue, byte.MaxValue);
        Check(ElementType.UInt16, ushort.MinValue, ushort.MaxValue);
        Check(ElementType.UInt32, uint.MinValue, uint.MaxValue);
        Check(ElementType.UInt64, ulong.MinValue, ulong.MaxValue);
        Check(ElementType.Bool, true, false);
        Check(ElementType.Complex128, Complex.ImaginaryOne, new Complex(1, -2));
    }

    [Fact]
    public void Create_Array_RefersToTheCallersMemory()
    {
        var data = new float[] { 1, 2, 3, 4, 5, 6 };
        using var tensor = TensorValue.Create(data, 2, 3);

        data[4] = 50;

        Assert.True(Unsafe.AreSame(in data[0], in MemoryMarshal.GetReference(tensor.AsSpan<float>())));
        Assert.Equal(50, tensor.AsSpan<float>()[4]);
    }

    [Fact]
    public void Create_SliceOfMemory_BeginsAtTheSlice()
    {
        var data = new long[] { 1, 2, 3, 4 };
        using var tensor = TensorValue.Create<long>(data.AsMemory(1, 2), 2);

        Assert.True(Unsafe.AreSame(in data[1], in MemoryMarshal.GetReference(tensor.AsSpan<long>())));
        Assert.Equal([2L, 3L], tensor.ToArray<long>());
    }

    [Fact]
    public unsafe void Pin_CallersMemory_PointsAtIt()
    {
        var data = GC.AllocateArray<short>(3, pinned: true);
        using var tensor = TensorValue.Create(data, 3);
        using var handle = tensor.Pin();

        Assert.Equal((nint)Unsafe.AsPointer(ref data[0]), (nint)handle.Pointer);
    }

    [Fact]
    public void Create_Strings_HaveNoRawBytes()
    {
        using var tensor = TensorValue.Create(new[] { "a", "β" }, 2, 1);

        Assert.Equal(ElementType.String, tensor.ElementType);
        Assert.Equal(["a", "β"], tensor.ToArray<string>());
        Assert.Throws<InvalidOperationException>(() => tensor.AsBytes().Length);
        Assert.Throws<InvalidOperationException>(() => tensor.Pin());
        Assert.Throws<ArgumentException>(() => TensorValue.FromBytes(ElementType.String, new byte[4], 1));
    }

    [Fact]
    public void Scalar_Value_HasNoDimensions()
    {
        using var tensor = TensorValue.Scalar(7L);

        Assert.Equal(0, tensor.Shape.Length);
        Assert.Equal(1, tensor.Length);
        Assert.Equal(7L, tensor.Item<long>());
        Assert.Equal("int64[]", tensor.ToString());
    }

    [Fact]
    public void Create_EmptyDimension_HasNoElements()
    {
        using var tensor = TensorValue.Create(Array.Empty<float>(), 0, 3);

        Assert.Equal(0, tensor.Length);
        Assert.True(tensor.AsSpan<float>().IsEmpty);
        Assert.True(tensor.AsBytes().IsEmpty);
        Assert.Throws<InvalidOperationException>(() => tensor.Item<float>());
    }

    [Theory]
    [InlineData(5, new long[] { 2, 3 })]
    [InlineData(7, new long[] { 2, 3 })]
    [InlineData(0, new long[] { })]
    [InlineData(2, new long[] { })]
    [InlineData(1, new long[] { 0 })]
    public void Create_ShapeThatDoesNotFit_SaysBothNumbers(int length, long[] shape)
    {
        var exception = Assert.Throws<ArgumentException>(() => TensorValue.Create(new float[length], shape));

        Assert.Contains($"[{string.Join(',', shape)}]", exception.Message, StringComparison.Ordinal);
        Assert.Contains($"has {length}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_NegativeDimension_IsRefused()
    {
        var exception = Assert.Throws<ArgumentException>(() => TensorValue.Create(new float[6], -1, 6));

        Assert.Contains("-1", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new long[] { 1L << 40, 1L << 40 })]
    [InlineData(new long[] { long.MaxValue, 2 })]
    [InlineData(new long[] { long.MaxValue })]
    public void Create_MoreElementsThanAnythingHolds_IsRefusedAsAnArgument(long[] shape)
    {
        Assert.Throws<ArgumentException>(() => TensorValue.Create(new float[1], shape));
        Assert.Throws<ArgumentException>(() => TensorValue.FromBytes(ElementType.Complex128, new byte[16], shape));
    }

    [Fact]
    public void Create_TypeOfNoTensor_NamesTheWayOut()
    {
        var exception = Assert.Throws<ArgumentException>(() => TensorValue.Create(new decimal[1], 1));

        Assert.Contains("System.Decimal", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => TensorValue.Create<float>((float[])null!, 1));
    }

    [Theory]
    [InlineData(ElementType.Int4, 7, 4)]
    [InlineData(ElementType.Int2, 5, 2)]
    [InlineData(ElementType.Float8E4M3FN, 3, 3)]
    [InlineData(ElementType.Complex64, 2, 16)]
    public void FromBytes_TypeWithoutNetType_HoldsRawBytes(ElementType type, long elements, int bytes)
    {
        var data = new byte[bytes];
        using var tensor = TensorValue.FromBytes(type, data, elements);

        Assert.True(Unsafe.AreSame(in data[0], in MemoryMarshal.GetReference(tensor.AsBytes())));
        Assert.Equal(elements, tensor.Length);
        Assert.Throws<ArgumentException>(() => TensorValue.FromBytes(type, new byte[bytes + 1], elements));
        Assert.Throws<ArgumentException>(() => TensorValue.FromBytes(type, new byte[bytes - 1], elements));
    }

    [Fact]
    public void FromBytes_OfFloats_ReadsAsFloats()
    {
        using var tensor = TensorValue.FromBytes(ElementType.Float32, MemoryMarshal.AsBytes<float>(new[] { 1f, 2f }).ToArray(), 2);

        Assert.Equal([1f, 2f], tensor.ToArray<float>());
    }

    [Fact]
    public void AsSpan_OfAnotherType_SaysWhatTheTensorHolds()
    {
        using var tensor = TensorValue.Create(new[] { 1f }, 1);

        var exception = Assert.Throws<InvalidOperationException>(() => tensor.AsSpan<int>().Length);

        Assert.Contains("float32", exception.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => tensor.AsSpan<decimal>().Length);
    }

    [Fact]
    public void FromOwner_Memory_IsDisposedWithTheTensor()
    {
        var owner = new TrackedMemory(new byte[16]);
        var tensor = TensorValue.FromOwner(ElementType.Int32, owner, 3);

        Assert.Equal(12, tensor.AsBytes().Length);
        Assert.Equal(3, tensor.AsSpan<int>().Length);
        tensor.Dispose();

        Assert.True(owner.IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => tensor.AsBytes().Length);
    }

    [Fact]
    public void FromOwner_TooLittleMemory_IsRefused()
    {
        using var owner = new TrackedMemory(new byte[11]);

        Assert.Throws<ArgumentException>(() => TensorValue.FromOwner(ElementType.Int32, owner, 3));
        Assert.Throws<ArgumentException>(() => TensorValue.FromOwner(ElementType.String, owner, 3));
        Assert.Throws<ArgumentNullException>(() => TensorValue.FromOwner(ElementType.Int32, null!, 3));
    }

    [Fact]
    public void Dispose_OfCallersMemory_LeavesItReadable()
    {
        var tensor = TensorValue.Create(new[] { 1f, 2f }, 2);
        tensor.Dispose();
        tensor.Dispose();

        Assert.Equal([1f, 2f], tensor.ToArray<float>());
    }

    [Fact]
    public void As_AnotherKind_SaysWhatItIs()
    {
        ModelValue tensor = TensorValue.Scalar(1f);

        Assert.Same(tensor, tensor.AsTensor());
        Assert.Equal(ModelValueKind.Tensor, tensor.Kind);
        Assert.Contains("Tensor", Assert.Throws<InvalidOperationException>(tensor.AsMap).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(tensor.AsSequence);
    }

    private static void Check<T>(ElementType type, params T[] elements)
        where T : unmanaged
    {
        using var tensor = TensorValue.Create(elements, 1, elements.Length);

        Assert.Equal(type, tensor.ElementType);
        Assert.Equal([1, elements.Length], tensor.Shape.ToArray());
        Assert.Equal(elements, tensor.ToArray<T>());
        Assert.Equal(MemoryMarshal.AsBytes<T>(elements).ToArray(), tensor.AsBytes().ToArray());
        Assert.Equal(type.GetByteCount(elements.Length), tensor.AsBytes().Length);
        Assert.Equal($"{type.ToDisplayName()}[1,{elements.Length}]", tensor.ToString());
    }

    private sealed class TrackedMemory(byte[] bytes) : IMemoryOwner<byte>
    {
        public bool IsDisposed { get; private set; }

        public Memory<byte> Memory
        {
            get
            {
                ObjectDisposedException.ThrowIf(IsDisposed, this);
                return bytes;
            }
        }

        public void Dispose() => IsDisposed = true;
    }
}
