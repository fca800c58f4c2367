namespace EdgeAI.Storage.Indexing;

/// <summary>What the index knows of a chunk.</summary>
internal enum ChunkState
{
    /// <summary>The store does not have it.</summary>
    Missing,

    /// <summary>The store has it.</summary>
    Sound,

    /// <summary>The store has it, and it failed a read.</summary>
    Suspect,
}
