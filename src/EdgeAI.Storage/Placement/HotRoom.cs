using EdgeAI.Models;
using EdgeAI.Storage.Materializing;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Storage.Placement;

/// <summary>Keeps the hot tier within its capacity: what is worth least goes when something comes. What is in use or pinned stays, and may take more than the capacity together. Thread-safe.</summary>
internal sealed partial class HotRoom(HotModels hot, PinnedModels pins, LearnedPolicy policy, long capacity, ILogger logger)
{
    private readonly Lock _one = new();

    /// <summary>Drops hot models until there is room.</summary>
    /// <param name="model">What is to come; null for nothing.</param>
    /// <param name="length">What that will take, in bytes.</param>
    /// <param name="cancellationToken">Cancels between two models.</param>
    /// <returns>How many were dropped.</returns>
    public async ValueTask<int> MakeAsync(Digest? model, long length, CancellationToken cancellationToken)
    {
        if (Shortage(Measure(model), length) <= 0)
        {
            return 0;
        }

        var pinned = await pins.FindAsync(cancellationToken).ConfigureAwait(false);
        lock (_one)
        {
            return Drop_NeedsLock(Measure(model), pinned, length, cancellationToken);
        }
    }

    private int Drop_NeedsLock(Dictionary<Digest, long> held, HashSet<Digest> pinned, long length, CancellationToken cancellationToken)
    {
        var (over, dropped) = (Shortage(held, length), 0);
        var left = held.Where(model => !pinned.Contains(model.Key)).ToDictionary();

        // In place of what is in use others leave.
        while (over > 0 && left.Count > 0)
        {
            foreach (var digest in policy.Choose(left, over))
            {
                cancellationToken.ThrowIfCancellationRequested();
                left.Remove(digest);
                if (hot.TryDrop(digest) is > 0)
                {
                    over -= held[digest];
                    dropped++;
                }
            }
        }

        if (over > 0)
        {
            LogOver(logger, over, capacity);
        }

        return dropped;
    }

    private Dictionary<Digest, long> Measure(Digest? coming) => hot.List().Where(digest => digest != coming).ToDictionary(digest => digest, hot.GetLength);

    private long Shortage(Dictionary<Digest, long> held, long length) => held.Values.Sum() + length - capacity;

    [LoggerMessage(1, LogLevel.Warning, "The hot tier holds {Bytes} bytes more than its capacity of {Capacity}: the rest of it is in use or pinned.")]
    private static partial void LogOver(ILogger logger, long bytes, long capacity);
}
