namespace EdgeAI.Memory;

/// <summary>What the operating system tells of memory, and what it can be asked to do. Thread-safe.</summary>
internal interface ISystemMemory
{
    /// <summary>The most memory that this process can have, in bytes: the machine's, or the tightest limit of a group of processes that it is in.</summary>
    long Limit { get; }

    /// <summary>How near the machine, or the process's group, is to having none left.</summary>
    MemoryPressure ReadPressure();

    /// <summary>Private bytes that native code has in use now; for differences only.</summary>
    /// <returns>Bytes; null where it can't be told to the byte.</returns>
    long? ReadNativeBytes();

    /// <summary>Gives memory that native code has freed back to the system, where the C library keeps it.</summary>
    void Trim();
}
