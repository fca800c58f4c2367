namespace EdgeAI.Storage.Durability;

/// <summary>Says what was put on disk and when, for tests that model a disk which loses the rest. Nobody listens in an app.</summary>
internal static class FlushEvents
{
    /// <summary>A file or a directory has just been flushed; its path.</summary>
    public static event Action<string>? Flushed;

    public static void Raise(string path) => Flushed?.Invoke(path);
}
