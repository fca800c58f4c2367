using System.Globalization;
using System.Text;
using EdgeAI.Storage.Tiers;

namespace EdgeAI.Storage.Clusters.Garbage;

/// <summary>Keeps a second collector away from a cluster: a small object with its owner and when it ends, changed by compare-and-swap. It saves work, and keeps deletions of one collector from coming after another has finished them. Not thread-safe.</summary>
internal sealed class CollectorLease
{
    private const string Key = "gc/collector";

    private static readonly TimeSpan Length = TimeSpan.FromMinutes(15);

    private readonly IStorageTier _tier;
    private readonly TimeProvider _time;
    private readonly string _owner = Guid.NewGuid().ToString("N");
    private byte[]? _there;
    private long _renewedAt;

    private CollectorLease(IStorageTier tier, TimeProvider time)
    {
        _tier = tier;
        _time = time;
    }

    /// <summary>The lease as it is: every collection changes it before it deletes anything.</summary>
    public static ValueTask<byte[]?> ReadAsync(IStorageTier tier, CancellationToken cancellationToken) => SmallObject.ReadAsync(tier, Key, cancellationToken);

    /// <summary>Takes the lease; null when somebody else has it.</summary>
    public static async ValueTask<CollectorLease?> TryTakeAsync(IStorageTier tier, TimeProvider time, CancellationToken cancellationToken)
    {
        var lease = new CollectorLease(tier, time) { _there = await SmallObject.ReadAsync(tier, Key, cancellationToken).ConfigureAwait(false) };
        return !lease.IsHeld() && await lease.TryRenewAsync(cancellationToken).ConfigureAwait(false) ? lease : null;
    }

    /// <summary>Makes it last; false when somebody else has it now.</summary>
    public async ValueTask<bool> TryRenewAsync(CancellationToken cancellationToken)
    {
        var renewedAt = _time.GetTimestamp();
        var content = Serialize(_time.GetUtcNow() + Length);
        if (!content.AsSpan().SequenceEqual(_there)
            && !await _tier.CompareAndSwapAsync(Key, _there is null ? default(ReadOnlyMemory<byte>?) : _there, content, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        (_there, _renewedAt) = (content, renewedAt);
        return true;
    }

    /// <summary>Whether it lasts for a while yet, as this machine's steady clock says: a clock that was set changes nothing.</summary>
    public bool IsFresh => _time.GetElapsedTime(_renewedAt) < Length / 3;

    /// <summary>Gives it back.</summary>
    public async ValueTask ReleaseAsync()
    {
        // Who has taken it meanwhile keeps it.
        await _tier.CompareAndSwapAsync(Key, _there, Serialize(DateTimeOffset.UnixEpoch), CancellationToken.None).ConfigureAwait(false);
    }

    private byte[] Serialize(DateTimeOffset until) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{_owner} {until.ToUnixTimeMilliseconds()}"));

    // One that ends later than any can is from a clock that has been set back since.
    private bool IsHeld()
    {
        if (_there is null || Encoding.ASCII.GetString(_there).Split(' ') is not [_, var until] || !long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var end))
        {
            return false;
        }

        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        return end > now && end <= now + (2 * (long)Length.TotalMilliseconds);
    }
}
