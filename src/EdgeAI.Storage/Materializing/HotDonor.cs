namespace EdgeAI.Storage.Materializing;

/// <summary>A run in another model's hot file.</summary>
/// <param name="File">Where the file is.</param>
/// <param name="Run">The run.</param>
internal sealed record HotDonor(string File, HotChecksum Run);
