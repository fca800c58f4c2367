using EdgeAI.Models;
using EdgeAI.Storage.Codecs.Elements;

namespace EdgeAI.Storage.Matching;

/// <summary>A tensor that the store has.</summary>
/// <param name="Name">Its name in its model.</param>
/// <param name="Elements">How many elements it has.</param>
/// <param name="Form">Their form.</param>
/// <param name="Sketch">Its sketch.</param>
/// <param name="Start">The hash of its first bytes (<see cref="TensorStart"/>); 0 where they would be found everywhere.</param>
/// <param name="Chunks">Its chunks, in order.</param>
internal sealed record StoredTensor(string Name, long Elements, ElementForm Form, byte[] Sketch, ulong Start, IReadOnlyList<Digest> Chunks);
