using EdgeAI.Models;
using EdgeAI.Storage.Matching;
using EdgeAI.Storage.Packs;

namespace EdgeAI.Storage.Updates;

/// <summary>A model that has come in an archive, verified, its pack under a temporary name.</summary>
internal sealed record ReceivedModel(ModelReference Reference, Digest Digest, ModelManifest Manifest, byte[] Json, WrittenPack Pack, IReadOnlyList<StoredTensor> Tensors, IReadOnlyList<byte[]> Signatures);
