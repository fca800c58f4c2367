namespace EdgeAI.AspNetCore.Page;

/// <summary>A file of the page.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="ContentType">What it is.</param>
/// <param name="ETag">What browsers compare it by.</param>
internal sealed record PageFile(byte[] Content, string ContentType, string ETag);
