using System.Globalization;

namespace EdgeAI.Memory;

/// <summary>Bytes of memory, by kind.</summary>
/// <param name="Private">Host memory that is the process's alone: packed weights, activations, a session's own structures. 0 or more.</param>
/// <param name="Mapped">File-backed host memory: weights that are mapped. The kernel can drop it and read it again. 0 or more.</param>
/// <param name="Device">Memory of devices other than the host's processor. 0 or more.</param>
public readonly record struct MemoryUse(long Private, long Mapped, long Device)
{
    /// <summary>All kinds together, in bytes.</summary>
    public long Total => Private + Mapped + Device;

    /// <summary>Kind by kind, the sum.</summary>
    /// <param name="left">Some bytes.</param>
    /// <param name="right">Further bytes.</param>
    public static MemoryUse operator +(MemoryUse left, MemoryUse right) => Add(left, right);

    /// <summary>Kind by kind, the difference.</summary>
    /// <param name="left">Some bytes.</param>
    /// <param name="right">What is taken from them.</param>
    public static MemoryUse operator -(MemoryUse left, MemoryUse right) => Subtract(left, right);

    /// <summary>Kind by kind, the sum.</summary>
    /// <param name="left">Some bytes.</param>
    /// <param name="right">Further bytes.</param>
    public static MemoryUse Add(MemoryUse left, MemoryUse right) =>
        new(left.Private + right.Private, left.Mapped + right.Mapped, left.Device + right.Device);

    /// <summary>Kind by kind, the difference.</summary>
    /// <param name="left">Some bytes.</param>
    /// <param name="right">What is taken from them.</param>
    public static MemoryUse Subtract(MemoryUse left, MemoryUse right) =>
        new(left.Private - right.Private, left.Mapped - right.Mapped, left.Device - right.Device);

    /// <summary>Such as <c>12.5 MB private, 80.0 MB mapped</c>; <c>nothing</c> when all are 0.</summary>
    public override string ToString()
    {
        (long Bytes, string Kind)[] kinds = [(Private, "private"), (Mapped, "mapped"), (Device, "device")];
        var parts = kinds
            .Where(kind => kind.Bytes != 0)
            .Select(kind => kind.Bytes == long.MaxValue
                ? $"any number of bytes {kind.Kind}"
                : string.Create(CultureInfo.InvariantCulture, $"{kind.Bytes / 1e6:F1} MB {kind.Kind}"));
        return string.Join(", ", parts) is { Length: > 0 } text ? text : "nothing";
    }
}
