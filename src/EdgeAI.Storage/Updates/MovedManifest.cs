using EdgeAI.Models;

namespace EdgeAI.Storage.Updates;

/// <summary>A manifest as it moves to another node.</summary>
/// <param name="Length">How many bytes it has.</param>
/// <param name="Stored">A Zstandard frame of them; they themselves when they are as many.</param>
/// <param name="Base">The manifest that the frame has as its prefix; null for none.</param>
internal sealed record MovedManifest(int Length, byte[] Stored, Digest? Base);
