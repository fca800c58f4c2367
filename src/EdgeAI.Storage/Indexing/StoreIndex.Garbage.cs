using EdgeAI.Models;
using EdgeAI.Storage.Manifests;
using EdgeAI.Storage.Packs;
using Microsoft.Data.Sqlite;

namespace EdgeAI.Storage.Indexing;

/// <summary>What is on its way out: see the readme of Maintenance for who may do what when.</summary>
internal sealed partial class StoreIndex
{
    // A marked chunk is still there and can be read; a retired object is one that the index has forgotten and somebody may still read.
    private const string GarbageTables = """

        CREATE TABLE IF NOT EXISTS garbage (
            chunk BLOB NOT NULL PRIMARY KEY,
            epoch INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS retired (
            key TEXT NOT NULL PRIMARY KEY,
            epoch INTEGER NOT NULL) WITHOUT ROWID;
        """;

    // Many threads of an import may meet garbage at once, and SQLite makes all but one of them sleep for long.
    private readonly Lock _keeping = new();

    /// <summary>Says whether the store has a chunk, and sees to it that it stays for as long as the caller is in its epoch.</summary>
    public bool TryKeep(Digest chunk)
    {
        using var connection = Open();
        return TryKeep(connection, chunk);
    }

    /// <summary>Which chunk each chunk is decoded with, for those that do not stand by themselves.</summary>
    public Dictionary<Digest, Digest> ListBases()
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT digest, base FROM chunks WHERE base IS NOT NULL";
        using var reader = command.ExecuteReader();
        var bases = new Dictionary<Digest, Digest>();
        while (reader.Read())
        {
            bases.Add(ReadDigest(reader, 0), ReadDigest(reader, 1));
        }

        return bases;
    }

    /// <summary>Every chunk that is not marked as garbage.</summary>
    public List<Digest> ListUnmarkedChunks()
    {
        using var connection = Open();
        return ReadDigests(connection, "SELECT digest FROM chunks WHERE digest NOT IN (SELECT chunk FROM garbage)");
    }

    /// <summary>Marks chunks as garbage and forgets manifests. Nothing is deleted; whoever counts on a marked chunk from now on takes its mark away.</summary>
    /// <param name="manifests">The manifests that no name refers to.</param>
    /// <param name="chunks">The chunks that no other manifest needs.</param>
    /// <param name="epoch">The epoch that is now.</param>
    public void MarkGarbage(IReadOnlyCollection<Digest> manifests, IEnumerable<Digest> chunks, long epoch)
    {
        using var connection = OpenToWrite();
        using var transaction = connection.BeginTransaction();
        foreach (var manifest in manifests)
        {
            Execute(connection, "DELETE FROM tensors WHERE manifest = $digest", ("$digest", manifest.ToArray()));
            Execute(connection, "DELETE FROM manifests WHERE digest = $digest", ("$digest", manifest.ToArray()));
            Retire(connection, ManifestSerializer.KeyOf(manifest), epoch);
        }

        // Where the folder of epochs was lost they count anew; an epoch that is yet to come would never be over.
        Execute(connection, "UPDATE garbage SET epoch = $epoch WHERE epoch > $epoch", ("$epoch", epoch));
        Execute(connection, "UPDATE retired SET epoch = $epoch WHERE epoch > $epoch", ("$epoch", epoch));
        using var mark = connection.CreateCommand();
        mark.CommandText = "INSERT OR IGNORE INTO garbage (chunk, epoch) VALUES ($chunk, $epoch)";
        var digest = mark.Parameters.Add("$chunk", SqliteType.Blob);
        mark.Parameters.AddWithValue("$epoch", epoch);
        foreach (var chunk in chunks)
        {
            digest.Value = chunk.ToArray();
            mark.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    /// <summary>Forgets the chunks that were marked in epochs that are over, and packs that hold nothing any more.</summary>
    /// <returns>How many packs were forgotten.</returns>
    public int SweepGarbage(long lastOver)
    {
        using var connection = OpenToWrite();
        using var transaction = connection.BeginTransaction();
        Execute(connection, "DELETE FROM chunks WHERE digest IN (SELECT chunk FROM garbage WHERE epoch <= $epoch)", ("$epoch", lastOver));
        Execute(connection, "DELETE FROM garbage WHERE epoch <= $epoch", ("$epoch", lastOver));
        using var command = connection.CreateCommand();
        command.CommandText = "DELETE FROM packs WHERE NOT EXISTS (SELECT 1 FROM chunks WHERE chunks.pack = packs.digest)";
        var packs = command.ExecuteNonQuery();
        transaction.Commit();
        return packs;
    }

    /// <summary>Takes chunks from a new pack from now on, all at once. A chunk that another operation has stored elsewhere meanwhile stays there.</summary>
    /// <param name="pack">The new pack; null for none.</param>
    /// <param name="from">Where each of its chunks was, in the order of its entries.</param>
    /// <param name="lost">Chunks to forget, since they are damaged beyond repair.</param>
    /// <param name="epoch">The epoch that is now; packs that hold nothing any more are retired in it.</param>
    public void MoveChunks(WrittenPack? pack, IReadOnlyList<ChunkLocation> from, IReadOnlyList<PlacedChunk> lost, long epoch)
    {
        using var connection = OpenToWrite();
        using var transaction = connection.BeginTransaction();
        if (pack is not null)
        {
            MoveTo(connection, pack, from);
        }

        foreach (var chunk in lost)
        {
            Quarantine(connection, chunk);
        }

        foreach (var left in from.Concat(lost.Select(chunk => chunk.Location)).Select(location => location.Pack).Distinct())
        {
            LeavePack(connection, left, epoch);
        }

        transaction.Commit();
    }

    /// <summary>The stored bytes of chunks that are marked and wait for somebody's epoch to end.</summary>
    public long SumMarkedBytes()
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COALESCE(SUM(stored_length), 0) FROM chunks JOIN garbage ON garbage.chunk = chunks.digest";
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>Objects that the index has forgotten, with the epoch in which it did.</summary>
    public Dictionary<string, long> ListRetired()
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT key, epoch FROM retired";
        using var reader = command.ExecuteReader();
        var retired = new Dictionary<string, long>(StringComparer.Ordinal);
        while (reader.Read())
        {
            retired.Add(reader.GetString(0), reader.GetInt64(1));
        }

        return retired;
    }

    /// <summary>Forgets that objects were retired: they are deleted, or in use again.</summary>
    public void RemoveRetired(IEnumerable<string> keys)
    {
        using var connection = OpenToWrite();
        using var transaction = connection.BeginTransaction();
        foreach (var key in keys)
        {
            Execute(connection, "DELETE FROM retired WHERE key = $key", ("$key", key));
        }

        transaction.Commit();
    }

    /// <summary>Whether the index knows a pack: what it has forgotten may be gone.</summary>
    public bool HasPack(Digest pack)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM packs WHERE digest = $pack";
        command.Parameters.AddWithValue("$pack", pack.ToArray());
        return (long)command.ExecuteScalar()! > 0;
    }

    /// <summary>Whether the index knows a manifest.</summary>
    public bool HasManifest(Digest manifest)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM manifests WHERE digest = $manifest";
        command.Parameters.AddWithValue("$manifest", manifest.ToArray());
        return (long)command.ExecuteScalar()! > 0;
    }

    /// <summary>The keys of all packs and manifests that the index knows.</summary>
    public HashSet<string> ListKeys() =>
    [
        .. ListPacks().Select(pack => PackFormat.KeyOf(pack.Digest)),
        .. ListManifests().Select(ManifestSerializer.KeyOf),
    ];

    private static void MoveTo(SqliteConnection connection, WrittenPack pack, IReadOnlyList<ChunkLocation> from)
    {
        InsertPackOnly(connection, pack);
        using var command = connection.CreateCommand();
        command.CommandText = """
            UPDATE chunks SET pack = $pack, offset = $offset, stored_length = $stored_length, codec = $codec, base = $base, base_length = $base_length, depth = $depth
            WHERE digest = $digest AND pack = $old AND offset = $old_offset
            """;
        var old = command.Parameters.Add("$old", SqliteType.Blob);
        var oldOffset = command.Parameters.Add("$old_offset", SqliteType.Integer);
        var entries = new EntryParameters(command, pack.Digest);
        for (var i = 0; i < pack.Entries.Count; i++)
        {
            entries.Set(pack.Entries[i]);
            old.Value = from[i].Pack.ToArray();
            oldOffset.Value = from[i].Offset;
            command.ExecuteNonQuery();
        }
    }

    // A pack that still holds something is retired too: when the rest goes, somebody may still read what was moved from where it was.
    private static void LeavePack(SqliteConnection connection, Digest pack, long epoch)
    {
        Execute(connection, "DELETE FROM packs WHERE digest = $pack AND NOT EXISTS (SELECT 1 FROM chunks WHERE pack = $pack)", ("$pack", pack.ToArray()));
        Retire(connection, PackFormat.KeyOf(pack), epoch);
    }

    private static void Retire(SqliteConnection connection, string key, long epoch) => Execute(
        connection,
        "INSERT OR REPLACE INTO retired (key, epoch) VALUES ($key, $epoch)",
        ("$key", key),
        ("$epoch", epoch));

    private bool TryKeep(SqliteConnection connection, Digest chunk)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT EXISTS (SELECT 1 FROM garbage WHERE chunk = $digest) FROM chunks WHERE digest = $digest";
        command.Parameters.AddWithValue("$digest", chunk.ToArray());
        return command.ExecuteScalar() switch
        {
            null => false,
            0L => true,
            _ => TryRevive(chunk),
        };
    }

    // Who needs one chunk of a pack most often needs the others too: all of the pack's marks go at once, and those of what its chunks are decoded with.
    private bool TryRevive(Digest chunk)
    {
        lock (_keeping)
        {
            using var connection = OpenToWrite();
            using var transaction = connection.BeginTransaction();
            using var command = connection.CreateCommand();
            command.CommandText = """
                WITH RECURSIVE needed (digest) AS (
                    SELECT digest FROM chunks WHERE pack = (SELECT pack FROM chunks WHERE digest = $digest)
                    UNION
                    SELECT chunks.base FROM needed JOIN chunks ON chunks.digest = needed.digest WHERE chunks.base IS NOT NULL)
                DELETE FROM garbage WHERE chunk IN (SELECT digest FROM needed);
                SELECT COUNT(*) FROM chunks WHERE digest = $digest;
                """;
            command.Parameters.AddWithValue("$digest", chunk.ToArray());
            var isThere = (long)command.ExecuteScalar()! > 0;
            transaction.Commit();
            return isThere;
        }
    }

    // The last word before a model has its name: everything that it needs is there, and stays.
    private static void KeepAll(SqliteConnection connection, IEnumerable<Digest> chunks)
    {
        using var find = connection.CreateCommand();
        find.CommandText = "SELECT base FROM chunks WHERE digest = $digest";
        var wanted = find.Parameters.Add("$digest", SqliteType.Blob);
        using var keep = connection.CreateCommand();
        keep.CommandText = "DELETE FROM garbage WHERE chunk = $digest";
        var kept = keep.Parameters.Add("$digest", SqliteType.Blob);
        var seen = new HashSet<Digest>();
        foreach (var chunk in chunks)
        {
            for (Digest? next = chunk; next is { } needed && seen.Add(needed);)
            {
                wanted.Value = kept.Value = needed.ToArray();
                keep.ExecuteNonQuery();
                next = find.ExecuteScalar() switch
                {
                    null => throw new ContentCorruptedException(needed, "index.db", "the model counts on it, and the store does not have it any more"),
                    byte[] baseline => new Digest(baseline),
                    _ => null,
                };
            }
        }
    }

    private static List<Digest> ReadDigests(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var digests = new List<Digest>();
        while (reader.Read())
        {
            digests.Add(ReadDigest(reader, 0));
        }

        return digests;
    }
}
