namespace EdgeAI.Runtime.Tests.Providers.Onnx;

/// <summary>What is derived from the one hot model in a data directory.</summary>
internal static class HotFolder
{
    public static string[] Packed(string dataDirectory) => Find(dataDirectory, "packed-*");

    public static string[] Optimized(string dataDirectory) => Find(dataDirectory, "optimized-*");

    public static string[] Staging(string dataDirectory) => Find(dataDirectory, "staging-*");

    private static string[] Find(string dataDirectory, string pattern) =>
        [.. Directory.EnumerateDirectories(Path.Combine(dataDirectory, "hot"), "derived", SearchOption.AllDirectories).SelectMany(folder => Directory.GetDirectories(folder, pattern))];
}
