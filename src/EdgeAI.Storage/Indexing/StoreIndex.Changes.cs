using EdgeAI.Models;
using EdgeAI.Storage.Matching;
using EdgeAI.Storage.Packs;
using Microsoft.Data.Sqlite;

namespace EdgeAI.Storage.Indexing;

internal sealed partial class StoreIndex
{
    /// <summary>Enters packs, the manifest that needs them and its name, all at once.</summary>
    public void Commit(IReadOnlyList<WrittenPack> packs, ModelInfo model, IReadOnlyList<StoredTensor> tensors)
    {
        using var connection = OpenToWrite();
        using var transaction = connection.BeginTransaction();
        foreach (var pack in packs)
        {
            InsertPack(connection, pack);
        }

        InsertManifest(connection, model.Digest, model.Length);
        InsertName(connection, model);
        InsertTensors(connection, model.Digest, tensors);
        transaction.Commit();
    }

    /// <summary>Takes a pack's chunks from another pack from now on.</summary>
    public void ReplacePack(Digest old, WrittenPack replacement)
    {
        using var connection = OpenToWrite();
        using var transaction = connection.BeginTransaction();
        Execute(connection, "DELETE FROM chunks WHERE pack = $pack", ("$pack", old.ToArray()));
        InsertPack(connection, replacement);
        Execute(connection, "DELETE FROM packs WHERE digest = $pack", ("$pack", old.ToArray()));
        transaction.Commit();
    }

    public void RemovePack(Digest pack)
    {
        using var connection = OpenToWrite();
        using var transaction = connection.BeginTransaction();
        Execute(connection, "DELETE FROM chunks WHERE pack = $pack", ("$pack", pack.ToArray()));
        Execute(connection, "DELETE FROM packs WHERE digest = $pack", ("$pack", pack.ToArray()));
        transaction.Commit();
    }

    public void RemoveManifest(Digest manifest)
    {
        using var connection = OpenToWrite();
        using var transaction = connection.BeginTransaction();
        Execute(connection, "DELETE FROM tensors WHERE manifest = $digest", ("$digest", manifest.ToArray()));
        Execute(connection, "DELETE FROM manifests WHERE digest = $digest", ("$digest", manifest.ToArray()));
        transaction.Commit();
    }

    /// <summary>Remembers that a chunk failed a read: it is still tried, and the next import of it stores it again.</summary>
    public void MarkSuspect(Digest chunk)
    {
        using var connection = OpenToWrite();
        Execute(connection, "UPDATE chunks SET suspect = 1 WHERE digest = $digest", ("$digest", chunk.ToArray()));
    }

    private static void InsertManifest(SqliteConnection connection, Digest manifest, long length) => Execute(
        connection,
        "INSERT OR IGNORE INTO manifests (digest, length) VALUES ($digest, $length)",
        ("$digest", manifest.ToArray()),
        ("$length", length));

    private static void InsertName(SqliteConnection connection, ModelInfo model) => Execute(
        connection,
        "INSERT OR REPLACE INTO names (name, tag, manifest, set_at) VALUES ($name, $tag, $manifest, $set_at)",
        ("$name", model.Reference.Name),
        ("$tag", model.Reference.Tag!),
        ("$manifest", model.Digest.ToArray()),
        ("$set_at", model.ImportedAt.ToUnixTimeMilliseconds()));

    private static void InsertPack(SqliteConnection connection, WrittenPack pack)
    {
        Execute(
            connection,
            "INSERT OR IGNORE INTO packs (digest, length) VALUES ($digest, $length)",
            ("$digest", pack.Digest.ToArray()),
            ("$length", pack.Length));

        // Another process may have stored the same chunk meanwhile: one place is enough, unless it is a damaged one.
        using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO chunks (digest, pack, offset, stored_length, length, checksum, codec, base, base_length, depth)
            VALUES ($digest, $pack, $offset, $stored_length, $length, $checksum, $codec, $base, $base_length, $depth)
            ON CONFLICT (digest) DO UPDATE SET
                pack = excluded.pack, offset = excluded.offset, stored_length = excluded.stored_length,
                length = excluded.length, checksum = excluded.checksum, codec = excluded.codec, base = excluded.base, base_length = excluded.base_length,
                depth = excluded.depth, suspect = 0
            WHERE suspect = 1
            """;
        var digest = command.Parameters.Add("$digest", SqliteType.Blob);
        var offset = command.Parameters.Add("$offset", SqliteType.Integer);
        var storedLength = command.Parameters.Add("$stored_length", SqliteType.Integer);
        var length = command.Parameters.Add("$length", SqliteType.Integer);
        var checksum = command.Parameters.Add("$checksum", SqliteType.Integer);
        var codec = command.Parameters.Add("$codec", SqliteType.Integer);
        var baseline = command.Parameters.Add("$base", SqliteType.Blob);
        var baseLength = command.Parameters.Add("$base_length", SqliteType.Integer);
        var depth = command.Parameters.Add("$depth", SqliteType.Integer);
        command.Parameters.AddWithValue("$pack", pack.Digest.ToArray());
        foreach (var entry in pack.Entries)
        {
            digest.Value = entry.Chunk.ToArray();
            offset.Value = entry.Offset;
            storedLength.Value = entry.StoredLength;
            length.Value = entry.Length;
            checksum.Value = (long)entry.Checksum;
            codec.Value = entry.Codec;
            baseline.Value = (object?)entry.Base?.Chunk.ToArray() ?? DBNull.Value;
            baseLength.Value = (object?)entry.Base?.Length ?? DBNull.Value;
            depth.Value = entry.Base?.Depth ?? 0;
            command.ExecuteNonQuery();
        }
    }

    private static void Execute(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        command.ExecuteNonQuery();
    }
}
