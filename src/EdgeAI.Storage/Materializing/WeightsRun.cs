namespace EdgeAI.Storage.Materializing;

/// <summary>A run of bytes that goes from a model's file to the weights file.</summary>
/// <param name="Location">The external data file; null for the model file.</param>
/// <param name="SourceOffset">Where the run begins there.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Offset">Where it goes in the weights file.</param>
internal readonly record struct WeightsRun(string? Location, long SourceOffset, long Length, long Offset);
