namespace EdgeAI.Storage.Materializing;

/// <summary>A run that was written.</summary>
/// <param name="Path">The file's path within the folder.</param>
/// <param name="Run">What was written.</param>
internal sealed record HotJournalEntry(string Path, HotChecksum Run);
