using EdgeAI.Models;
using EdgeAI.Storage.Matching;
using EdgeAI.Storage.Packs;
using Microsoft.Data.Sqlite;

namespace EdgeAI.Storage.Indexing;

internal sealed partial class StoreIndex
{
    /// <summary>
    /// Enters packs, the manifest that needs them, and that a name is about to mean it, all at once. The name counts with <see cref="SetName"/>: whoever crashes in
    /// between leaves a note of it, and nothing that the name's object needs is taken for garbage.
    /// </summary>
    /// <param name="packs">The new packs.</param>
    /// <param name="model">The name to be, and its manifest.</param>
    /// <param name="tensors">The manifest's large tensors, for later imports to find.</param>
    /// <param name="chunks">All chunks that the manifest refers to.</param>
    /// <exception cref="ContentCorruptedException">A chunk, or one that it is decoded with, is not in the store: nothing was entered.</exception>
    public void Prepare(IReadOnlyList<WrittenPack> packs, ModelInfo model, IReadOnlyList<StoredTensor> tensors, IEnumerable<Digest> chunks)
    {
        using var connection = OpenToPrepare();
        using var transaction = connection.BeginTransaction();
        foreach (var pack in packs)
        {
            InsertPack(connection, pack);
        }

        InsertManifest(connection, model.Digest, model.Length);
        Execute(
            connection,
            "INSERT OR REPLACE INTO naming (name, tag, manifest) VALUES ($name, $tag, $manifest)",
            ("$name", model.Reference.Name),
            ("$tag", model.Reference.Tag!),
            ("$manifest", model.Digest.ToArray()));
        InsertTensors(connection, model.Digest, tensors);
        KeepAll(connection, chunks);
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
        InsertPackOnly(connection, pack);

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
        var entries = new EntryParameters(command, pack.Digest);
        foreach (var entry in pack.Entries)
        {
            entries.Set(entry);
            command.ExecuteNonQuery();
        }
    }

    private static void InsertPackOnly(SqliteConnection connection, WrittenPack pack) => Execute(
        connection,
        "INSERT OR IGNORE INTO packs (digest, length) VALUES ($digest, $length)",
        ("$digest", pack.Digest.ToArray()),
        ("$length", pack.Length));

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
