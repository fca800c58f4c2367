namespace EdgeAI.Storage.Sources.HuggingFace;

/// <summary>A repository as one commit has it.</summary>
/// <param name="Commit">The commit's name.</param>
/// <param name="Files">Its files, by path; of a snapshot in the cache those that are there.</param>
internal sealed record HubSnapshot(string Commit, IReadOnlyDictionary<string, HubFile> Files);
