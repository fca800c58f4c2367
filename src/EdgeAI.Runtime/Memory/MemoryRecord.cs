namespace EdgeAI.Memory;

/// <summary>What a model took when it was last loaded, as it is kept beside its hot files.</summary>
/// <param name="Private">Private bytes.</param>
/// <param name="Mapped">Mapped bytes.</param>
/// <param name="Device">Bytes on the device.</param>
/// <param name="LoadMilliseconds">How long a load took.</param>
internal sealed record MemoryRecord(long Private, long Mapped, long Device, double LoadMilliseconds)
{
    // Less is not worth a write.
    private const double Share = 0.05;
    private const long Bytes = 64 << 10;

    public bool IsFarFrom(MemoryRecord other) =>
        IsFar(Private, other.Private) || IsFar(Mapped, other.Mapped) || IsFar(Device, other.Device);

    private static bool IsFar(long left, long right) => Math.Abs(left - right) > Bytes + (Share * left);
}
