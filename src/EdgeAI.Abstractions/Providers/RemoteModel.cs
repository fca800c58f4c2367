using EdgeAI.Models;

namespace EdgeAI.Providers;

/// <summary>A model that a remote device is to run.</summary>
/// <param name="Reference">What the caller calls it.</param>
/// <param name="Digest">Which version the store has under that name; null when it has none.</param>
/// <param name="Signature">What the store's version takes and gives; null when the store has none, or the model's format does not say.</param>
public sealed record RemoteModel(ModelReference Reference, Digest? Digest, ModelSignature? Signature);
