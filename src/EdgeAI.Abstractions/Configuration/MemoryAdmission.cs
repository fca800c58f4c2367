namespace EdgeAI.Configuration;

/// <summary>What happens to a load when there is no room for it in the memory budget.</summary>
public enum MemoryAdmission
{
    /// <summary>Models that nobody holds are unloaded, those first that are the least loss; when that is not enough, the load waits for others to be given back.</summary>
    Evict = 0,

    /// <summary>The load waits until others are given back and their keep-alive is over; nothing is unloaded for it.</summary>
    Wait = 1,

    /// <summary>The load fails at once; nothing is unloaded for it.</summary>
    Fail = 2,
}
