namespace EdgeAI.AspNetCore.Hosting;

/// <summary>On endpoints: the instance that they serve.</summary>
/// <param name="Name">Its name; null for the default instance.</param>
internal sealed record InstanceName(string? Name);
