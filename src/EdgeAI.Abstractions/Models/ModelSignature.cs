namespace EdgeAI.Models;

/// <summary>What goes into a model and what comes out.</summary>
/// <param name="Inputs">The inputs in the model's order. Those with <see cref="ModelValueInfo.IsRequired"/> false may be left out.</param>
/// <param name="Outputs">The outputs in the model's order.</param>
public sealed record ModelSignature(IReadOnlyList<ModelValueInfo> Inputs, IReadOnlyList<ModelValueInfo> Outputs);
