using EdgeAI.Models;

namespace EdgeAI.Providers;

/// <summary>A device failed to load or to run a model, and the request went elsewhere.</summary>
/// <param name="Model">The model.</param>
/// <param name="Device">The device that failed.</param>
/// <param name="Next">The device that the request goes to.</param>
/// <param name="Error">What the provider threw.</param>
public sealed record DeviceFault(ModelReference Model, ExecutionDevice Device, ExecutionDevice Next, Exception Error);
