namespace EdgeAI.Storage.Importing;

/// <summary>A model file is malformed. It becomes an <see cref="Models.InvalidModelException"/> where the file's name is known.</summary>
internal sealed class MalformedModelException(string reason, long offset) : Exception(reason)
{
    public long Offset { get; } = offset;
}
