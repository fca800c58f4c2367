using EdgeAI.Memory;
using EdgeAI.Models;

namespace EdgeAI.Inference;

/// <summary>How far a load is.</summary>
/// <param name="Model">What was asked for.</param>
/// <param name="Stage">What the load is doing.</param>
/// <param name="Memory">What the model is expected to take; nothing while that is not known.</param>
public readonly record struct ModelLoadProgress(ModelReference Model, ModelLoadStage Stage, MemoryUse Memory);
