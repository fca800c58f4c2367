namespace EdgeAI.Samples.Models;

/// <summary>A model file in a package, and what the store calls it.</summary>
internal sealed record PackagedModel(string Reference, string FileName);
