using EdgeAI.Models;
using EdgeAI.Storage.Packs;
using Microsoft.Data.Sqlite;

namespace EdgeAI.Storage.Indexing;

/// <summary>
/// Enters packs all at once, when nobody knows which was first. A chunk that several packs have is taken from where it is decoded after the fewest others, from
/// an intact pack before a damaged one, then from the pack whose digest is least: always the same choice, in which every base is readable before what
/// is made from it, so that no chain runs in a circle. Not thread-safe.
/// </summary>
internal sealed class PackFilling : IDisposable
{
    private const string Choose = """
        INSERT OR IGNORE INTO main.chunks (digest, pack, offset, stored_length, length, checksum, codec, base, base_length, depth, suspect)
        SELECT e.digest, e.pack, e.offset, e.stored_length, e.length, e.checksum, e.codec, e.base, e.base_length, e.depth, $suspect FROM temp.entries e
        WHERE e.intact >= $intact
            AND NOT EXISTS (SELECT 1 FROM main.chunks c WHERE c.digest = e.digest)
            AND (e.base IS NULL
                OR EXISTS (SELECT 1 FROM main.chunks b WHERE b.digest = e.base)
                OR ($suspect = 1 AND NOT EXISTS (SELECT 1 FROM temp.entries x WHERE x.digest = e.base)))
        ORDER BY e.pack, e.offset
        """;

    private readonly SqliteConnection _connection;
    private readonly SqliteTransaction _transaction;

    public PackFilling(SqliteConnection connection)
    {
        _connection = connection;
        Execute("""
            DROP TABLE IF EXISTS temp.entries;
            CREATE TEMP TABLE entries (
                digest BLOB NOT NULL,
                pack BLOB NOT NULL,
                offset INTEGER NOT NULL,
                stored_length INTEGER NOT NULL,
                length INTEGER NOT NULL,
                checksum INTEGER NOT NULL,
                codec INTEGER NOT NULL,
                base BLOB,
                base_length INTEGER,
                depth INTEGER NOT NULL,
                intact INTEGER NOT NULL);
            CREATE INDEX temp.entries_by_digest ON entries (digest);
            """);
        _transaction = connection.BeginTransaction();
    }

    /// <summary>Adds a pack.</summary>
    /// <param name="pack">Its digest.</param>
    /// <param name="length">Its length.</param>
    /// <param name="isIntact">Whether its bytes are what its digest says.</param>
    /// <param name="entries">Its index.</param>
    public void Add(Digest pack, long length, bool isIntact, IReadOnlyList<PackEntry> entries)
    {
        Execute("INSERT OR IGNORE INTO packs (digest, length) VALUES ($digest, $length)", ("$digest", pack.ToArray()), ("$length", length));
        using var command = _connection.CreateCommand();
        command.CommandText = """
            INSERT INTO temp.entries (digest, pack, offset, stored_length, length, checksum, codec, base, base_length, depth, intact)
            VALUES ($digest, $pack, $offset, $stored_length, $length, $checksum, $codec, $base, $base_length, $depth, $intact)
            """;
        command.Parameters.AddWithValue("$pack", pack.ToArray());
        command.Parameters.AddWithValue("$intact", isIntact);
        var digest = command.Parameters.Add("$digest", SqliteType.Blob);
        var offset = command.Parameters.Add("$offset", SqliteType.Integer);
        var storedLength = command.Parameters.Add("$stored_length", SqliteType.Integer);
        var plainLength = command.Parameters.Add("$length", SqliteType.Integer);
        var checksum = command.Parameters.Add("$checksum", SqliteType.Integer);
        var codec = command.Parameters.Add("$codec", SqliteType.Integer);
        var baseline = command.Parameters.Add("$base", SqliteType.Blob);
        var baseLength = command.Parameters.Add("$base_length", SqliteType.Integer);
        var depth = command.Parameters.Add("$depth", SqliteType.Integer);
        foreach (var entry in entries)
        {
            digest.Value = entry.Chunk.ToArray();
            offset.Value = entry.Offset;
            storedLength.Value = entry.StoredLength;
            plainLength.Value = entry.Length;
            checksum.Value = (long)entry.Checksum;
            codec.Value = entry.Codec;
            baseline.Value = (object?)entry.Base?.Chunk.ToArray() ?? DBNull.Value;
            baseLength.Value = (object?)entry.Base?.Length ?? DBNull.Value;
            depth.Value = entry.Base?.Depth ?? 0;
            command.ExecuteNonQuery();
        }
    }

    /// <summary>Chooses each chunk's place, and commits.</summary>
    public void Complete()
    {
        ChooseChunks(intact: 1, suspect: 0);
        ChooseChunks(intact: 0, suspect: 0);

        // A base that no pack has may come back; what needs it is kept until then, and stored again by the next import of it.
        ChooseChunks(intact: 0, suspect: 1);
        _transaction.Commit();
    }

    public void Dispose()
    {
        _transaction.Dispose();
        Execute("DROP TABLE IF EXISTS temp.entries");
        _connection.Dispose();
    }

    // Each round takes what is decoded after one chunk more.
    private void ChooseChunks(int intact, int suspect)
    {
        for (var round = 0; round <= ChunkBase.MaxReadDepth; round++)
        {
            if (Execute(Choose, ("$intact", intact), ("$suspect", suspect)) == 0)
            {
                return;
            }
        }
    }

    private int Execute(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command.ExecuteNonQuery();
    }
}
