using EdgeAI.Models;

namespace EdgeAI.Storage.Indexing;

/// <summary>Walks over the whole store.</summary>
internal sealed partial class StoreIndex
{
    private const string WalkTables = """

        CREATE TABLE IF NOT EXISTS scrub (
            id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
            pack BLOB NOT NULL,
            offset INTEGER NOT NULL);
        """;

    /// <summary>Every chunk.</summary>
    public List<StoredChunk> ListChunks()
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT digest, pack, stored_length, base FROM chunks";
        using var reader = command.ExecuteReader();
        var chunks = new List<StoredChunk>();
        while (reader.Read())
        {
            chunks.Add(new StoredChunk(ReadDigest(reader, 0), ReadDigest(reader, 1), reader.GetInt32(2), reader.IsDBNull(3) ? null : ReadDigest(reader, 3)));
        }

        return chunks;
    }

    /// <summary>The chunks after a place, in order.</summary>
    public List<(ChunkReference Chunk, ChunkPlace Place)> ListChunksAfter(ChunkPlace place, int limit)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT digest, length, pack, offset FROM chunks WHERE (pack, offset) > ($pack, $offset) ORDER BY pack, offset LIMIT $limit";
        command.Parameters.AddWithValue("$pack", place.Pack.ToArray());
        command.Parameters.AddWithValue("$offset", place.Offset);
        command.Parameters.AddWithValue("$limit", limit);
        using var reader = command.ExecuteReader();
        var chunks = new List<(ChunkReference, ChunkPlace)>();
        while (reader.Read())
        {
            chunks.Add((new ChunkReference(ReadDigest(reader, 0), reader.GetInt32(1)), new ChunkPlace(ReadDigest(reader, 2), reader.GetInt64(3))));
        }

        return chunks;
    }

    /// <summary>The plain bytes of all chunks together.</summary>
    public long SumChunkLengths()
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COALESCE(SUM(length), 0) FROM chunks";
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>The chunk that the last scrub ended with.</summary>
    public ChunkPlace GetScrubPlace()
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT pack, offset FROM scrub";
        using var reader = command.ExecuteReader();
        return reader.Read() ? new ChunkPlace(ReadDigest(reader, 0), reader.GetInt64(1)) : ChunkPlace.Start;
    }

    public void SetScrubPlace(ChunkPlace place)
    {
        using var connection = OpenToWrite();
        Execute(
            connection,
            "INSERT OR REPLACE INTO scrub (id, pack, offset) VALUES (1, $pack, $offset)",
            ("$pack", place.Pack.ToArray()),
            ("$offset", place.Offset));
    }
}
