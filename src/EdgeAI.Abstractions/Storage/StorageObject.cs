namespace EdgeAI.Storage;

/// <summary>An object on a tier.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Length">Its length in bytes.</param>
public readonly record struct StorageObject(string Key, long Length);
