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

    // What the tables are like: another number is another form, and a file that lost its content has none.
    private const long SchemaVersion = 4;

    private const int SqliteCorrupt = 11;
    private const int SqliteCannotOpen = 14;
    private const int SqliteNotADatabase = 26;

    private readonly Func<string?> _locate;
    private volatile Tuple<string, string>? _connectionString;

    /// <summary>Makes an index over the file that counts at each call.</summary>
    /// <param name="locate">Says which; null when there is none.</param>
    public StoreIndex(Func<string?> locate) => _locate = locate;

    /// <summary>Makes a database.</summary>
    public static void Create(string path)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            PRAGMA journal_mode = WAL;
            PRAGMA user_version = {SchemaVersion};
            CREATE TABLE packs (
                digest BLOB NOT NULL PRIMARY KEY,
                length INTEGER NOT NULL) WITHOUT ROWID;
            CREATE TABLE chunks (
                digest BLOB NOT NULL PRIMARY KEY,
                pack BLOB NOT NULL REFERENCES packs (digest),
                offset INTEGER NOT NULL,
                stored_length INTEGER NOT NULL,
                length INTEGER NOT NULL,
                checksum INTEGER NOT NULL,
                codec INTEGER NOT NULL,
                base BLOB,
                base_length INTEGER,
                depth INTEGER NOT NULL,
                suspect INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
            CREATE INDEX chunks_by_pack ON chunks (pack);
            CREATE TABLE manifests (
                digest BLOB NOT NULL PRIMARY KEY,
                length INTEGER NOT NULL) WITHOUT ROWID;
            CREATE TABLE tensors (
                manifest BLOB NOT NULL,
                name TEXT NOT NULL,
                elements INTEGER NOT NULL,
                form INTEGER NOT NULL,
                sketch BLOB NOT NULL,
                start INTEGER NOT NULL,
                chunks BLOB NOT NULL);
            CREATE INDEX tensors_by_elements ON tensors (elements);
            CREATE INDEX tensors_by_manifest ON tensors (manifest);
            CREATE TABLE names (
                name TEXT NOT NULL,
                tag TEXT NOT NULL,
                manifest BLOB NOT NULL REFERENCES manifests (digest),
                set_at INTEGER NOT NULL,
                PRIMARY KEY (name, tag)) WITHOUT ROWID;
            CREATE INDEX names_by_time ON names (set_at);
            CREATE TABLE naming (
                name TEXT NOT NULL,
                tag TEXT NOT NULL,
                manifest BLOB NOT NULL REFERENCES manifests (digest),
                PRIMARY KEY (name, tag)) WITHOUT ROWID;
            """ + GarbageTables + WalkTables + OutboxTables;
        command.ExecuteNonQuery();
    }

    /// <summary>Lets go of a database file, so that it can be moved or deleted.</summary>
    public static void Close(string path)
    {
        using var connection = new SqliteConnection(ConnectionStringFor(path));
        SqliteConnection.ClearPool(connection);
    }

    /// <summary>Says what is wrong with the file as a database; null when nothing is. Reads all of it.</summary>
    /// <exception cref="StorageException">It was written by a newer version of this library.</exception>
    public string? FindProblem()
    {
        try
        {
            using var connection = Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version";
            var version = (long)command.ExecuteScalar()!;
            if (version > SchemaVersion)
            {
                throw new StorageException(
                    connection.DataSource,
                    $"The index '{connection.DataSource}' was written by a newer version of EdgeAI. Use that version, or delete the file: it is made again from the store's objects.");
            }

            command.CommandText = "PRAGMA quick_check(1)";
            return version is > 0 and < SchemaVersion ? "it was made by an earlier version"
                : version != SchemaVersion ? "it is no index"
                : command.ExecuteScalar() is "ok" ? null
                : "its pages contradict each other";
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode is SqliteCorrupt or SqliteNotADatabase)
        {
            return exception.Message;
        }
    }

    /// <summary>Whether the store has a chunk, and it has not failed a read since.</summary>
    public bool HasSoundChunk(Digest chunk) => FindState(chunk) == ChunkState.Sound;

    /// <summary>Whether the store has a chunk, and in what state.</summary>
    public ChunkState FindState(Digest chunk)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT suspect, EXISTS (SELECT 1 FROM garbage WHERE chunk = $digest) FROM chunks WHERE digest = $digest";
        command.Parameters.AddWithValue("$digest", chunk.ToArray());
        using var reader = command.ExecuteReader();
        return !reader.Read() ? ChunkState.Missing
            : reader.GetBoolean(0) ? ChunkState.Suspect
            : !reader.GetBoolean(1) || TryRevive(chunk) ? ChunkState.Sound
            : ChunkState.Missing;
    }

    public ChunkLocation? FindChunk(Digest chunk)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT pack, offset, stored_length, length, checksum, codec, base, base_length, depth FROM chunks WHERE digest = $digest";
        command.Parameters.AddWithValue("$digest", chunk.ToArray());
        using var reader = command.ExecuteReader();
        return reader.Read() ? ReadLocation(reader, 0) : null;
    }

    /// <summary>All chunks of a pack that the index takes from it.</summary>
    public List<PackEntry> ListChunks(Digest pack)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT digest, pack, offset, stored_length, length, checksum, codec, base, base_length, depth FROM chunks WHERE pack = $pack ORDER BY offset";
        command.Parameters.AddWithValue("$pack", pack.ToArray());
        using var reader = command.ExecuteReader();
        var entries = new List<PackEntry>();
        while (reader.Read())
        {
            var location = ReadLocation(reader, 1);
            entries.Add(new PackEntry(ReadDigest(reader, 0), location.Offset, location.StoredLength, location.Length, location.Checksum, location.Codec, location.Base));
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
        (ulong)reader.GetInt64(column + 4),
        reader.GetByte(column + 5),
        reader.IsDBNull(column + 6)
            ? null
            : new ChunkBase(ReadDigest(reader, column + 6), reader.GetInt32(column + 7), reader.GetByte(column + 8)));

    private static string ConnectionStringFor(string path) => new SqliteConnectionStringBuilder
    {
        DataSource = path,
        DefaultTimeout = BusyTimeoutSeconds,
        Mode = SqliteOpenMode.ReadWrite,
    }.ToString();

    private SqliteConnection Open()
    {
        while (true)
        {
            var path = _locate() ?? throw new IndexDamagedException("index", "it is not there");
            var known = _connectionString;
            if (known?.Item1 != path)
            {
                _connectionString = known = Tuple.Create(path, ConnectionStringFor(path));
            }

            var connection = new SqliteConnection(known.Item2);
            try
            {
                connection.Open();
                return connection;
            }
            catch (SqliteException exception) when (exception.SqliteErrorCode == SqliteCannotOpen && _locate() != path)
            {
                // Another one has taken its place between the look and the opening.
                connection.Dispose();
            }
        }
    }

    /// <summary>A connection whose commits are on disk when they return: what an import reports as durable is.</summary>
    private SqliteConnection OpenToWrite() => OpenWith("PRAGMA synchronous = FULL");

    /// <summary>A connection whose commits other processes see, and a power cut may take back, up to the next that is on disk.</summary>
    private SqliteConnection OpenToPrepare() => OpenWith("PRAGMA synchronous = NORMAL");

    private SqliteConnection OpenWith(string pragma)
    {
        var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = pragma;
        command.ExecuteNonQuery();
        return connection;
    }
}
