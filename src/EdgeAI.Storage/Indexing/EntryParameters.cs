using EdgeAI.Models;
using EdgeAI.Storage.Packs;
using Microsoft.Data.Sqlite;

namespace EdgeAI.Storage.Indexing;

/// <summary>The parameters of a command that is run for each entry of a pack.</summary>
internal sealed class EntryParameters
{
    private readonly SqliteParameter _digest;
    private readonly SqliteParameter _offset;
    private readonly SqliteParameter _storedLength;
    private readonly SqliteParameter _length;
    private readonly SqliteParameter _checksum;
    private readonly SqliteParameter _codec;
    private readonly SqliteParameter _base;
    private readonly SqliteParameter _baseLength;
    private readonly SqliteParameter _depth;

    public EntryParameters(SqliteCommand command, Digest pack)
    {
        command.Parameters.AddWithValue("$pack", pack.ToArray());
        _digest = command.Parameters.Add("$digest", SqliteType.Blob);
        _offset = command.Parameters.Add("$offset", SqliteType.Integer);
        _storedLength = command.Parameters.Add("$stored_length", SqliteType.Integer);
        _length = command.Parameters.Add("$length", SqliteType.Integer);
        _checksum = command.Parameters.Add("$checksum", SqliteType.Integer);
        _codec = command.Parameters.Add("$codec", SqliteType.Integer);
        _base = command.Parameters.Add("$base", SqliteType.Blob);
        _baseLength = command.Parameters.Add("$base_length", SqliteType.Integer);
        _depth = command.Parameters.Add("$depth", SqliteType.Integer);
    }

    public void Set(in PackEntry entry)
    {
        _digest.Value = entry.Chunk.ToArray();
        _offset.Value = entry.Offset;
        _storedLength.Value = entry.StoredLength;
        _length.Value = entry.Length;
        _checksum.Value = (long)entry.Checksum;
        _codec.Value = entry.Codec;
        _base.Value = (object?)entry.Base?.Chunk.ToArray() ?? DBNull.Value;
        _baseLength.Value = (object?)entry.Base?.Length ?? DBNull.Value;
        _depth.Value = entry.Base?.Depth ?? 0;
    }
}
