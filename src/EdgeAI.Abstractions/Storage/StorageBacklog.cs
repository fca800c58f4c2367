namespace EdgeAI.Storage;

/// <summary>What a store has not yet sent to its clusters.</summary>
/// <param name="Entries">Each model version and cluster, in the order in which they go.</param>
public sealed record StorageBacklog(IReadOnlyList<BacklogEntry> Entries)
{
    /// <summary>Packs that are known to be still to go.</summary>
    public int Objects => Entries.Sum(entry => entry.Objects ?? 0);

    /// <summary>Bytes of packs that are known to be still to go.</summary>
    public long Bytes => Entries.Sum(entry => entry.Bytes ?? 0);

    /// <summary>When the oldest entry was imported; null when there is none.</summary>
    public DateTimeOffset? Oldest => Entries.Count == 0 ? null : Entries.Min(entry => entry.EnteredAt);

    /// <summary>Why sending failed last, of any entry; null when it did not.</summary>
    public string? LastError => Entries.LastOrDefault(entry => entry.LastError is not null)?.LastError;
}
