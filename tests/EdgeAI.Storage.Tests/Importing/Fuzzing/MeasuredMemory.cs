namespace EdgeAI.Storage.Tests.Importing.Fuzzing;

/// <summary>Tests that measure the memory of the process, in which nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(MeasuredMemory), DisableParallelization = true)]
public sealed class MeasuredMemory;
