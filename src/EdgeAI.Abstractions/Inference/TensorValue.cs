using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeAI.Models;

namespace EdgeAI.Inference;

/// <summary>A dense tensor, row-major: an element type, a shape, and memory that is the caller's or a run's.</summary>
/// <remarks>
/// A tensor made from memory refers to that memory and copies nothing: leave it unchanged while a run reads it. Any number of runs may read
/// one tensor at once. A tensor holds less than 2 GiB.
/// </remarks>
public sealed class TensorValue : ModelValue
{
    // No more than this, so that the bytes of the widest type, 16 an element, still fit a long.
    private const long MaxElements = long.MaxValue / 16;

    private readonly long[] _shape;
    private readonly TensorStorage _storage;

    private TensorValue(ElementType elementType, long[] shape, TensorStorage storage)
        : base(ModelValueKind.Tensor)
    {
        ElementType = elementType;
        _shape = shape;
        _storage = storage;
        Length = CountElements(shape);
    }

    /// <summary>The type of the elements.</summary>
    public ElementType ElementType { get; }

    /// <summary>The dimensions, outermost first; empty for a scalar.</summary>
    public ReadOnlySpan<long> Shape => _shape;

    /// <summary>The number of elements: the product of the dimensions, 1 for a scalar.</summary>
    public long Length { get; }

    /// <summary>A tensor over the caller's memory, which is not copied.</summary>
    /// <typeparam name="T">A type that <see cref="ElementType"/> names, or <see cref="string"/>.</typeparam>
    /// <param name="data">The elements, row-major; as many as the shape says.</param>
    /// <param name="shape">The dimensions, outermost first; none for a scalar.</param>
    /// <exception cref="ArgumentException">The type is none of a tensor's, or data and shape disagree.</exception>
    public static TensorValue Create<T>(ReadOnlyMemory<T> data, params ReadOnlySpan<long> shape)
    {
        var type = ElementTypeExtensions.Of<T>()
            ?? throw new ArgumentException($"'{typeof(T)}' is not the element type of any tensor; use the overload with an ElementType for raw bytes.", nameof(data));
        CheckLength(data.Length, CountElements(shape), shape, nameof(data));
        return new TensorValue(
            type,
            shape.ToArray(),
            typeof(T) == typeof(string) ? new StringTensorStorage((ReadOnlyMemory<string>)(object)data) : new MemoryTensorStorage<T>(data));
    }

    /// <summary>A tensor over the caller's array, which is not copied.</summary>
    /// <typeparam name="T">A type that <see cref="ElementType"/> names, or <see cref="string"/>.</typeparam>
    /// <param name="data">The elements, row-major; as many as the shape says.</param>
    /// <param name="shape">The dimensions, outermost first; none for a scalar.</param>
    /// <exception cref="ArgumentException">The type is none of a tensor's, or data and shape disagree.</exception>
    public static TensorValue Create<T>(T[] data, params ReadOnlySpan<long> shape)
    {
        ArgumentNullException.ThrowIfNull(data);
        return Create((ReadOnlyMemory<T>)data, shape);
    }

    /// <summary>A scalar: a tensor without dimensions.</summary>
    /// <typeparam name="T">A type that <see cref="ElementType"/> names, or <see cref="string"/>.</typeparam>
    /// <param name="value">The element.</param>
    /// <exception cref="ArgumentException">The type is none of a tensor's.</exception>
    public static TensorValue Scalar<T>(T value) => Create<T>(new[] { value });

    /// <summary>A tensor of any fixed-size type over the caller's raw bytes, which are not copied. For int4 and its like this is the only way.</summary>
    /// <param name="elementType">The element type, not <see cref="ElementType.String"/>.</param>
    /// <param name="data">The elements, row-major, little-endian, packed as <see cref="ElementTypeExtensions.GetByteCount"/> says.</param>
    /// <param name="shape">The dimensions, outermost first; none for a scalar.</param>
    /// <exception cref="ArgumentException">Data and shape disagree, or the type is <see cref="ElementType.String"/>.</exception>
    public static TensorValue FromBytes(ElementType elementType, ReadOnlyMemory<byte> data, params ReadOnlySpan<long> shape)
    {
        CheckBytes(elementType, data.Length, shape);
        return new TensorValue(elementType, shape.ToArray(), new MemoryTensorStorage<byte>(data));
    }

    /// <summary>A tensor over memory that it owns from now on and disposes with itself. For execution providers that hand out results without a copy.</summary>
    /// <param name="elementType">The element type, not <see cref="ElementType.String"/>.</param>
    /// <param name="owner">The owner of the raw bytes; its memory may be longer than needed.</param>
    /// <param name="shape">The dimensions, outermost first; none for a scalar.</param>
    /// <exception cref="ArgumentException">The memory is too short, or the type is <see cref="ElementType.String"/>.</exception>
    public static TensorValue FromOwner(ElementType elementType, IMemoryOwner<byte> owner, params ReadOnlySpan<long> shape)
    {
        ArgumentNullException.ThrowIfNull(owner);
        var bytes = elementType.GetByteCount(CountElements(shape));
        if (owner.Memory.Length < bytes)
        {
            throw new ArgumentException($"The memory has {owner.Memory.Length} bytes; the tensor needs {bytes}.", nameof(owner));
        }

        CheckBytes(elementType, bytes, shape);
        return new TensorValue(elementType, shape.ToArray(), new OwnedTensorStorage(owner, (int)bytes));
    }

    /// <summary>The elements where they lie.</summary>
    /// <typeparam name="T">The type that <see cref="ElementType"/> names.</typeparam>
    /// <exception cref="InvalidOperationException">The tensor has another type.</exception>
    /// <exception cref="ObjectDisposedException">The run's outputs have been disposed.</exception>
    public ReadOnlySpan<T> AsSpan<T>()
    {
        if (ElementTypeExtensions.Of<T>() != ElementType)
        {
            throw new InvalidOperationException(
                $"The tensor holds {ElementType.ToDisplayName()}, not {typeof(T).Name}; ask for the matching type, or for AsBytes().");
        }

        return _storage.AsSpan<T>();
    }

    /// <summary>The raw bytes where they lie: row-major, little-endian.</summary>
    /// <exception cref="InvalidOperationException">The tensor holds strings.</exception>
    /// <exception cref="ObjectDisposedException">The run's outputs have been disposed.</exception>
    public ReadOnlySpan<byte> AsBytes() => _storage.AsBytes();

    /// <summary>The elements in a new array.</summary>
    /// <typeparam name="T">The type that <see cref="ElementType"/> names.</typeparam>
    /// <exception cref="InvalidOperationException">The tensor has another type.</exception>
    public T[] ToArray<T>() => AsSpan<T>().ToArray();

    /// <summary>The single element of a tensor that has one.</summary>
    /// <typeparam name="T">The type that <see cref="ElementType"/> names.</typeparam>
    /// <exception cref="InvalidOperationException">The tensor has another type, or not exactly one element.</exception>
    public T Item<T>() =>
        Length == 1 ? AsSpan<T>()[0] : throw new InvalidOperationException($"The tensor has {Length} elements, not one.");

    /// <summary>Holds the memory still, for native code to read. For execution providers.</summary>
    /// <exception cref="InvalidOperationException">The tensor holds strings.</exception>
    /// <exception cref="ObjectDisposedException">The run's outputs have been disposed.</exception>
    public MemoryHandle Pin() => _storage.Pin();

    /// <summary>Type and shape, such as <c>float32[1,3,224,224]</c>.</summary>
    public override string ToString() => $"{ElementType.ToDisplayName()}[{string.Join(',', _shape)}]";

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _storage.Dispose();
        base.Dispose(disposing);
    }

    private static long CountElements(ReadOnlySpan<long> shape)
    {
        long count = 1;
        foreach (var size in shape)
        {
            if (size < 0)
            {
                throw new ArgumentException($"A dimension is {size}; a tensor's own shape has no free or negative dimension.", nameof(shape));
            }

            if (size > 0 && count > MaxElements / size)
            {
                throw new ArgumentException($"The shape [{string.Join(',', shape.ToArray())}] has more elements than any memory holds.", nameof(shape));
            }

            count *= size;
        }

        return count;
    }

    private static void CheckBytes(ElementType elementType, long actual, ReadOnlySpan<long> shape)
    {
        if (elementType == ElementType.String)
        {
            throw new ArgumentException("A tensor of strings has no raw bytes; use Create<string>.", nameof(elementType));
        }

        CheckLength(actual, elementType.GetByteCount(CountElements(shape)), shape, "data");
    }

    private static void CheckLength(long actual, long expected, ReadOnlySpan<long> shape, string parameter)
    {
        if (actual != expected)
        {
            throw new ArgumentException($"The shape [{string.Join(',', shape.ToArray())}] wants {expected}, the data has {actual}.", parameter);
        }
    }

    private abstract class TensorStorage : IDisposable
    {
        public abstract ReadOnlySpan<T> AsSpan<T>();

        public abstract ReadOnlySpan<byte> AsBytes();

        public abstract MemoryHandle Pin();

        public abstract void Dispose();

        protected static ReadOnlySpan<T> Reinterpret<T>(ReadOnlySpan<byte> bytes)
        {
            Debug.Assert(!RuntimeHelpers.IsReferenceOrContainsReferences<T>(), "Only types without references reach raw bytes.");
            return MemoryMarshal.CreateReadOnlySpan(
                ref Unsafe.As<byte, T>(ref MemoryMarshal.GetReference(bytes)),
                bytes.Length / Unsafe.SizeOf<T>());
        }
    }

    private sealed class MemoryTensorStorage<TData>(ReadOnlyMemory<TData> data) : TensorStorage
    {
        public override ReadOnlySpan<T> AsSpan<T>() => Reinterpret<T>(AsBytes());

        public override ReadOnlySpan<byte> AsBytes() => MemoryMarshal.CreateReadOnlySpan(
            ref Unsafe.As<TData, byte>(ref MemoryMarshal.GetReference(data.Span)),
            checked(data.Length * Unsafe.SizeOf<TData>()));

        public override MemoryHandle Pin() => data.Pin();

        public override void Dispose()
        {
            // The memory is the caller's.
        }
    }

    private sealed class StringTensorStorage(ReadOnlyMemory<string> data) : TensorStorage
    {
        public override ReadOnlySpan<T> AsSpan<T>() => ((ReadOnlyMemory<T>)(object)data).Span;

        public override ReadOnlySpan<byte> AsBytes() => throw new InvalidOperationException("A tensor of strings has no raw bytes.");

        public override MemoryHandle Pin() => throw new InvalidOperationException("A tensor of strings has no raw bytes.");

        public override void Dispose()
        {
            // The memory is the caller's.
        }
    }

    private sealed class OwnedTensorStorage(IMemoryOwner<byte> owner, int length) : TensorStorage
    {
        public override ReadOnlySpan<T> AsSpan<T>() => Reinterpret<T>(AsBytes());

        public override ReadOnlySpan<byte> AsBytes() => owner.Memory.Span[..length];

        public override MemoryHandle Pin() => owner.Memory.Pin();

        public override void Dispose() => owner.Dispose();
    }
}
