using EdgeAI.Models;
using EdgeAI.Storage.Packs;
using Microsoft.Data.Sqlite;

namespace EdgeAI.Storage.Indexing;

/// <summary>
/// The store's database: which name is which manifest, which chunk is where. Thread-safe: each call has a pooled connection of its own, and
/// SQLite's write-ahead log lets readers go on beside a writer.
/// </summary>
internal sealed partial class StoreIndex
{
    private const int BusyTimeoutSeconds = 60;

    private readonly string _connectionString;

    public StoreIndex(string path) =>
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = BusyTimeoutSeconds }.ToString();

    /// <summary>Makes the tables that are not there yet.</summary>
    public void Create()
    {
        using var connection = OpenToWrite();
        using var command = connection.CreateCommand();
        command.CommandText = """
            PRAGMA journal_mode = WAL;
            CREATE TABLE IF NOT EXISTS packs (
                digest BLOB NOT NULL PRIMARY KEY,
                length INTEGER NOT NULL) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS chunks (
                digest BLOB NOT NULL PRIMARY KEY,
                pack BLOB NOT NULL REFERENCES packs (digest),
                offset INTEGER NOT NULL,
                stored_length INTEGER NOT NULL,
                length INTEGER NOT NULL,
                codec INTEGER NOT NULL,
                base BLOB,
                base_length INTEGER,
                depth INTEGER NOT NULL,
                suspect INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
            CREATE INDEX IF NOT EXISTS chunks_by_pack ON chunks (pack);
            CREATE TABLE IF NOT EXISTS manifests (
                digest BLOB NOT NULL PRIMARY KEY,
                length INTEGER NOT NULL) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS tensors (
                manifest BLOB NOT NULL,
                model TEXT NOT NULL,
                name TEXT NOT NULL,
                elements INTEGER NOT NULL,
                form INTEGER NOT NULL,
                sketch BLOB NOT NULL,
                start INTEGER NOT NULL,
                chunks BLOB NOT NULL);
            CREATE INDEX IF NOT EXISTS tensors_by_elements ON tensors (elements);
            CREATE INDEX IF NOT EXISTS tensors_by_manifest ON tensors (manifest);
            CREATE TABLE IF NOT EXISTS names (
                name TEXT NOT NULL,
                tag TEXT NOT NULL,
                manifest BLOB NOT NULL REFERENCES manifests (digest),
                set_at INTEGER NOT NULL,
                PRIMARY KEY (name, tag)) WITHOUT ROWID;
            """ + GarbageTables + WalkTables;
        command.ExecuteNonQuery();
    }

    /// <summary>Whether the store has a chunk, and it has not failed a read since.</summary>
    public bool HasSoundChunk(Digest chunk) => FindState(chunk) == ChunkState.Sound;

    /// <summary>Whether the store has a chunk, and in what state.</summary>
    public ChunkState FindState(Digest chunk)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT suspect FROM chunks WHERE digest = $digest";
        command.Parameters.AddWithValue("$digest", chunk.ToArray());
        return command.ExecuteScalar() switch
        {
            null => ChunkState.Missing,
            0L => TryKeep(connection, chunk) ? ChunkState.Sound : ChunkState.Missing,
            _ => ChunkState.Suspect,
        };
    }

    public ChunkLocation? FindChunk(Digest chunk)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT pack, offset, stored_length, length, codec, base, base_length, depth FROM chunks WHERE digest = $digest";
        command.Parameters.AddWithValue("$digest", chunk.ToArray());
        using var reader = command.ExecuteReader();
        return reader.Read() ? ReadLocation(reader, 0) : null;
    }

    /// <summary>All chunks of a pack that the index takes from it.</summary>
    public List<PackEntry> ListChunks(Digest pack)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT digest, pack, offset, stored_length, length, codec, base, base_length, depth FROM chunks WHERE pack = $pack ORDER BY offset";
        command.Parameters.AddWithValue("$pack", pack.ToArray());
        using var reader = command.ExecuteReader();
        var entries = new List<PackEntry>();
        while (reader.Read())
        {
            var location = ReadLocation(reader, 1);
            entries.Add(new PackEntry(ReadDigest(reader, 0), location.Offset, location.StoredLength, location.Length, location.Codec, location.Base));
        }

        return entries;
    }

    public List<(Digest Digest, long Length)> ListPacks()
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT digest, length FROM packs";
        using var reader = command.ExecuteReader();
        var packs = new List<(Digest, long)>();
        while (reader.Read())
        {
            packs.Add((ReadDigest(reader, 0), reader.GetInt64(1)));
        }

        return packs;
    }

    public List<Digest> ListManifests()
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT digest FROM manifests";
        using var reader = command.ExecuteReader();
        var manifests = new List<Digest>();
        while (reader.Read())
        {
            manifests.Add(ReadDigest(reader, 0));
        }

        return manifests;
    }

    private static Digest ReadDigest(SqliteDataReader reader, int column) => new(reader.GetFieldValue<byte[]>(column));

    private static ChunkLocation ReadLocation(SqliteDataReader reader, int column) => new(
        ReadDigest(reader, column),
        reader.GetInt64(column + 1),
        reader.GetInt32(column + 2),
        reader.GetInt32(column + 3),
        reader.GetByte(column + 4),
        reader.IsDBNull(column + 5)
            ? null
            : new ChunkBase(ReadDigest(reader, column + 5), reader.GetInt32(column + 6), reader.GetByte(column + 7)));

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        return connection;
    }

    /// <summary>A connection whose commits are on disk when they return: what an import reports as durable is.</summary>
    private SqliteConnection OpenToWrite()
    {
        var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA synchronous = FULL";
        command.ExecuteNonQuery();
        return connection;
    }
}
