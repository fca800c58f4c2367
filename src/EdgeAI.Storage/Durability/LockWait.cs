namespace EdgeAI.Storage.Durability;

/// <summary>How long to wait for a lock, and by which clock.</summary>
internal readonly record struct LockWait(TimeProvider Time, TimeSpan Timeout);
