using EdgeAI.Models;

namespace EdgeAI.Storage.Placement;

/// <summary>The policy of a tier, as far as the uses teach it that all processes have noted. Thread-safe.</summary>
/// <param name="uses">The uses.</param>
/// <param name="capacity">What the tier holds, in bytes.</param>
internal sealed class LearnedPolicy(UseLog uses, long capacity)
{
    // Older ones say little, and to learn from them all would delay the first load that needs room.
    private const int MaxLearned = 10_000;

    private readonly Lock _gate = new();
    private TierPolicy _policy = new(capacity);
    private long _read;

    /// <summary>Puts models into the order in which they should leave.</summary>
    public IReadOnlyList<Digest> Order(IEnumerable<Digest> models)
    {
        lock (_gate)
        {
            Learn_NeedsLock();
            return _policy.Order(models);
        }
    }

    /// <summary>Chooses models that leave for so many bytes.</summary>
    public IReadOnlyList<Digest> Choose(IReadOnlyDictionary<Digest, long> held, long bytes)
    {
        lock (_gate)
        {
            Learn_NeedsLock();
            return _policy.Choose(held, bytes);
        }
    }

    private void Learn_NeedsLock()
    {
        var (latest, end) = uses.Read(_read);
        if (end < _read)
        {
            // The log was begun anew.
            _policy = new TierPolicy(capacity);
        }

        foreach (var use in latest.Skip(latest.Count - MaxLearned))
        {
            _policy.Use(use.Model, use.Length);
        }

        _read = end;
    }
}
