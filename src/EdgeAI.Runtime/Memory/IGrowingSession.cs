namespace EdgeAI.Memory;

/// <summary>A session that may take more private memory after its first run, and says so.</summary>
internal interface IGrowingSession
{
    /// <summary>Told of the bytes that it takes more; null where nobody counts. Set once, before the first run.</summary>
    Action<long>? Grown { get; set; }
}
