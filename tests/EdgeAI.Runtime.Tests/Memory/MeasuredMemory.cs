namespace EdgeAI.Runtime.Tests.Memory;

/// <summary>Tests that measure the whole process, and so run while no other test does.</summary>
[CollectionDefinition(nameof(MeasuredMemory), DisableParallelization = true)]
public sealed class MeasuredMemory;
