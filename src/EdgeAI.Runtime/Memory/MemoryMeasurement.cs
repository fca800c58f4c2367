using EdgeAI.Providers;

namespace EdgeAI.Memory;

/// <summary>What a model was found to take on a device.</summary>
internal sealed record MemoryMeasurement(ExecutionDevice Device, MemoryUse Use);
