namespace EdgeAI.Memory;

/// <summary>How near a machine or a group of processes is to having no memory left.</summary>
/// <param name="Limit">What there is, in bytes.</param>
/// <param name="Used">What is in use and can't simply be dropped, in bytes.</param>
/// <param name="StallPercent">The percentage of the last ten seconds in which all tasks stood still for want of memory; 0 where it is not told.</param>
internal readonly record struct MemoryPressure(long Limit, long Used, double StallPercent);
