using EdgeAI.Models;
using EdgeAI.Storage.Clusters;
using Microsoft.Data.Sqlite;

namespace EdgeAI.Storage.Indexing;

/// <summary>What is to go to clusters, and what this store has seen there under its names. Of all that the index holds, this is not in the store's objects.</summary>
internal sealed partial class StoreIndex
{
    private const string OutboxTables = """

        CREATE TABLE outbox (
            id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
            cluster TEXT NOT NULL,
            name TEXT NOT NULL,
            tag TEXT NOT NULL,
            manifest BLOB NOT NULL,
            length INTEGER NOT NULL,
            set_at INTEGER NOT NULL,
            entered_at INTEGER NOT NULL,
            objects INTEGER,
            bytes INTEGER,
            attempts INTEGER NOT NULL DEFAULT 0,
            asked INTEGER NOT NULL DEFAULT 0,
            answered INTEGER NOT NULL DEFAULT -1,
            error TEXT,
            conflict BLOB);
        CREATE TABLE seen_tags (
            cluster TEXT NOT NULL,
            name TEXT NOT NULL,
            tag TEXT NOT NULL,
            manifest BLOB NOT NULL,
            PRIMARY KEY (name, tag, cluster)) WITHOUT ROWID;
        """;

    /// <summary>What is to go to clusters, in order.</summary>
    public List<OutboxEntry> ListOutbox()
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id, cluster, name, tag, manifest, length, set_at, entered_at, objects, bytes, attempts, error, conflict, asked, answered FROM outbox ORDER BY id";
        using var reader = command.ExecuteReader();
        var entries = new List<OutboxEntry>();
        while (reader.Read())
        {
            var model = new ModelInfo(
                ModelReference.Parse($"{reader.GetString(2)}:{reader.GetString(3)}"),
                ReadDigest(reader, 4),
                reader.GetInt64(5),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(6)));
            entries.Add(new OutboxEntry(reader.GetInt64(0), model, new BacklogEntry(
                reader.GetString(1),
                model.Reference,
                model.Digest,
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(7)),
                reader.IsDBNull(8) ? null : reader.GetInt32(8),
                reader.IsDBNull(9) ? null : reader.GetInt64(9),
                reader.GetInt32(10),
                reader.IsDBNull(11) ? null : reader.GetString(11),
                reader.IsDBNull(12) ? null : ReadDigest(reader, 12)),
                reader.GetInt32(13),
                reader.GetInt32(14)));
        }

        return entries;
    }

    /// <summary>Asks for all entries to go now.</summary>
    public void AskOutbox()
    {
        using var connection = Open();
        Execute(connection, "UPDATE outbox SET asked = asked + 1");
    }

    /// <summary>Says how much of an entry is still to go.</summary>
    public void SetOutboxLeft(long id, int objects, long bytes)
    {
        using var connection = Open();
        Execute(connection, "UPDATE outbox SET objects = $objects, bytes = $bytes WHERE id = $id", ("$objects", objects), ("$bytes", bytes), ("$id", id));
    }

    /// <summary>Says that sending an entry failed.</summary>
    public void SetOutboxFailed(OutboxEntry entry, string error, Digest? conflict)
    {
        using var connection = OpenToWrite();
        Execute(
            connection,
            "UPDATE outbox SET attempts = attempts + 1, answered = $asked, error = $error, conflict = $conflict WHERE id = $id",
            ("$error", error),
            ("$conflict", (object?)conflict?.ToArray() ?? DBNull.Value),
            ("$asked", entry.Asked),
            ("$id", entry.Id));
    }

    /// <summary>Says that an entry has gone, and that its cluster has its version under its name.</summary>
    public void RemoveOutbox(OutboxEntry entry)
    {
        using var connection = OpenToWrite();
        using var transaction = connection.BeginTransaction();
        Execute(connection, "DELETE FROM outbox WHERE id = $id", ("$id", entry.Id));
        SetSeen(connection, entry.State.Cluster, entry.Model);
        transaction.Commit();
    }

    /// <summary>Whether this store has seen a version under a name on any cluster.</summary>
    public bool HasSeen(ModelReference model, Digest manifest)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM seen_tags WHERE name = $name AND tag = $tag AND manifest = $manifest";
        command.Parameters.AddWithValue("$name", model.Name);
        command.Parameters.AddWithValue("$tag", model.Tag);
        command.Parameters.AddWithValue("$manifest", manifest.ToArray());
        return (long)command.ExecuteScalar()! > 0;
    }

    /// <summary>Versions of a model that this store has seen on clusters.</summary>
    public List<Digest> ListSeen(string model, int limit)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT DISTINCT manifest FROM seen_tags WHERE name = $name LIMIT $limit";
        command.Parameters.AddWithValue("$name", model);
        command.Parameters.AddWithValue("$limit", limit);
        using var reader = command.ExecuteReader();
        var versions = new List<Digest>();
        while (reader.Read())
        {
            versions.Add(ReadDigest(reader, 0));
        }

        return versions;
    }

    /// <summary>Enters names as if they had just been set.</summary>
    public void EnterOutbox(IEnumerable<ModelInfo> models, ClusterChange change)
    {
        using var connection = OpenToWrite();
        using var transaction = connection.BeginTransaction();
        foreach (var model in models)
        {
            EnterOutbox(connection, model, change);
        }

        transaction.Commit();
    }

    /// <summary>Enters every name for a cluster that nothing was ever sent to, nor is to go to: it has been added since they were set.</summary>
    public void EnterNewCluster(string cluster, DateTimeOffset at)
    {
        const string ToEnter = """
            FROM names n JOIN manifests m ON m.digest = n.manifest
            WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE cluster = $cluster) AND NOT EXISTS (SELECT 1 FROM seen_tags WHERE cluster = $cluster)
            """;

        // Nearly always there is none, and who only reads is not to wait for who writes.
        using (var looking = Open())
        {
            using var command = looking.CreateCommand();
            command.CommandText = "SELECT EXISTS (SELECT 1 " + ToEnter + ")";
            command.Parameters.AddWithValue("$cluster", cluster);
            if ((long)command.ExecuteScalar()! == 0)
            {
                return;
            }
        }

        using var connection = OpenToWrite();
        Execute(
            connection,
            "INSERT INTO outbox (cluster, name, tag, manifest, length, set_at, entered_at) SELECT $cluster, n.name, n.tag, n.manifest, m.length, n.set_at, $at " + ToEnter + " ORDER BY n.set_at",
            ("$cluster", cluster),
            ("$at", at.ToUnixTimeMilliseconds()));
    }

    /// <summary>Enters what another index knows of clusters.</summary>
    public void CopyOutbox(string from)
    {
        using var connection = OpenToWrite();
        Execute(connection, "ATTACH DATABASE $from AS former", ("$from", from));
        try
        {
            Execute(connection, "INSERT INTO main.outbox SELECT * FROM former.outbox; INSERT INTO main.seen_tags SELECT * FROM former.seen_tags");
        }
        finally
        {
            Execute(connection, "DETACH DATABASE former");
        }
    }

    // A later version under the same name goes in place of an earlier one that has not gone yet.
    private static void EnterOutbox(SqliteConnection connection, ModelInfo model, ClusterChange change)
    {
        if (change.From is { } from)
        {
            Execute(connection, "DELETE FROM outbox WHERE name = $name AND tag = $tag", ("$name", model.Reference.Name), ("$tag", model.Reference.Tag!));
            SetSeen(connection, from, model);
        }

        foreach (var cluster in change.To)
        {
            Execute(
                connection,
                "DELETE FROM outbox WHERE cluster = $cluster AND name = $name AND tag = $tag",
                ("$cluster", cluster),
                ("$name", model.Reference.Name),
                ("$tag", model.Reference.Tag!));
            Execute(
                connection,
                "INSERT INTO outbox (cluster, name, tag, manifest, length, set_at, entered_at) VALUES ($cluster, $name, $tag, $manifest, $length, $set_at, $entered_at)",
                ("$cluster", cluster),
                ("$name", model.Reference.Name),
                ("$tag", model.Reference.Tag!),
                ("$manifest", model.Digest.ToArray()),
                ("$length", model.Length),
                ("$set_at", model.ImportedAt.ToUnixTimeMilliseconds()),
                ("$entered_at", change.At.ToUnixTimeMilliseconds()));
        }
    }

    private static void SetSeen(SqliteConnection connection, string cluster, ModelInfo model) => Execute(
        connection,
        "INSERT OR REPLACE INTO seen_tags (cluster, name, tag, manifest) VALUES ($cluster, $name, $tag, $manifest)",
        ("$cluster", cluster),
        ("$name", model.Reference.Name),
        ("$tag", model.Reference.Tag!),
        ("$manifest", model.Digest.ToArray()));
}
