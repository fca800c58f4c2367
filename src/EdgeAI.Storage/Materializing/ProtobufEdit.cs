namespace EdgeAI.Storage.Materializing;

/// <summary>A run of bytes in a file that is replaced by others when the file is copied.</summary>
internal readonly record struct ProtobufEdit(long Offset, long Removed, byte[] Inserted)
{
    public long Delta => Inserted.Length - Removed;
}
