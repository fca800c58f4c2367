using EdgeAI.Models;
using Microsoft.Data.Sqlite;

namespace EdgeAI.Storage.Indexing;

/// <summary>Walks over the whole store.</summary>
internal sealed partial class StoreIndex
{
    private const string WalkTables = """

        CREATE TABLE IF NOT EXISTS scrub (
            id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
            pack BLOB NOT NULL,
            offset INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS quarantine (
            chunk BLOB NOT NULL PRIMARY KEY,
            pack BLOB NOT NULL) WITHOUT ROWID;
        """;

    // Indexes from before there was a stronger compression have none.
    private const string SearchedTable = "CREATE TABLE IF NOT EXISTS searched (pack BLOB NOT NULL PRIMARY KEY) WITHOUT ROWID;";

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

    /// <summary>Every chunk with its place, pack by pack.</summary>
    public List<PlacedChunk> ListPlacedChunks()
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT digest, pack, offset, stored_length, length, checksum, codec, base, base_length, depth, EXISTS (SELECT 1 FROM garbage WHERE chunk = digest)
            FROM chunks ORDER BY pack, offset
            """;
        using var reader = command.ExecuteReader();
        var chunks = new List<PlacedChunk>();
        while (reader.Read())
        {
            chunks.Add(new PlacedChunk(ReadDigest(reader, 0), ReadLocation(reader, 1), reader.GetBoolean(10)));
        }

        return chunks;
    }

    /// <summary>Packs in which a search for what is shorter would find nothing more. Forgotten with an index, which costs another search.</summary>
    public HashSet<Digest> ListSearched()
    {
        using var connection = OpenToWrite();
        Execute(connection, SearchedTable + "DELETE FROM searched WHERE pack NOT IN (SELECT digest FROM packs)");
        return [.. ReadDigests(connection, "SELECT pack FROM searched")];
    }

    /// <summary>Remembers that a pack was searched.</summary>
    public void AddSearched(Digest pack)
    {
        using var connection = OpenToWrite();
        Execute(connection, SearchedTable + "INSERT OR IGNORE INTO searched (pack) VALUES ($pack)", ("$pack", pack.ToArray()));
    }

    /// <summary>Remembers that chunks were repaired.</summary>
    public void ClearSuspects(IEnumerable<Digest> chunks)
    {
        using var connection = OpenToWrite();
        using var transaction = connection.BeginTransaction();
        foreach (var chunk in chunks)
        {
            Execute(connection, "UPDATE chunks SET suspect = 0 WHERE digest = $digest", ("$digest", chunk.ToArray()));
        }

        transaction.Commit();
    }

    /// <summary>Chunks that were damaged beyond repair, with the pack that held them. What was stored again since is not among them.</summary>
    public Dictionary<Digest, Digest> ListQuarantined()
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT chunk, pack FROM quarantine WHERE chunk NOT IN (SELECT digest FROM chunks)";
        using var reader = command.ExecuteReader();
        var chunks = new Dictionary<Digest, Digest>();
        while (reader.Read())
        {
            chunks.Add(ReadDigest(reader, 0), ReadDigest(reader, 1));
        }

        return chunks;
    }

    // What is decoded with a lost chunk is whole and can't be read: as a suspect it is stored again by itself when it is imported.
    private static void Quarantine(SqliteConnection connection, PlacedChunk lost)
    {
        var digest = lost.Chunk.ToArray();
        Execute(connection, "DELETE FROM chunks WHERE digest = $digest AND pack = $pack", ("$digest", digest), ("$pack", lost.Location.Pack.ToArray()));
        Execute(connection, "INSERT OR REPLACE INTO quarantine (chunk, pack) VALUES ($digest, $pack)", ("$digest", digest), ("$pack", lost.Location.Pack.ToArray()));
        Execute(
            connection,
            """
            WITH RECURSIVE made (digest) AS (
                SELECT digest FROM chunks WHERE base = $digest
                UNION
                SELECT chunks.digest FROM made JOIN chunks ON chunks.base = made.digest)
            UPDATE chunks SET suspect = 1 WHERE digest IN (SELECT digest FROM made)
            """,
            ("$digest", digest));
    }

    /// <summary>The chunks after a place, in order, without those that are marked as garbage: they may go while the caller reads them.</summary>
    public List<(ChunkReference Chunk, ChunkPlace Place)> ListChunksAfter(ChunkPlace place, int limit)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT digest, length, pack, offset FROM chunks
            WHERE (pack, offset) > ($pack, $offset) AND NOT EXISTS (SELECT 1 FROM garbage WHERE chunk = digest)
            ORDER BY pack, offset LIMIT $limit
            """;
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
