namespace EdgeAI.Storage.Tiers;

/// <summary>Objects that <see cref="IStorageTier.CompareAndSwapAsync"/> moves.</summary>
internal static class SmallObject
{
    /// <summary>The longest that there is: 64 KiB.</summary>
    public const int MaxLength = 64 << 10;

    /// <summary>Reads a small object whole, in one go, since it may be replaced at any time.</summary>
    /// <returns>Null when there is none. What is longer than any is cut off behind <see cref="MaxLength"/>.</returns>
    public static async ValueTask<byte[]?> ReadAsync(IStorageTier tier, string key, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxLength + 1];
        var length = await tier.ReadAsync(key, 0, buffer, cancellationToken).ConfigureAwait(false);
        return length < 0 ? null : buffer[..length];
    }
}
