namespace EdgeAI.Storage.S3.Sources;

/// <summary>An object as a listing had it.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Tag">What the cluster calls its content.</param>
/// <param name="Length">Its bytes.</param>
internal sealed record S3ListedFile(string Key, string Tag, long Length);
