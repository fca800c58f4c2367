using EdgeAI.Models;
using EdgeAI.Storage.Clusters;
using Microsoft.Data.Sqlite;

namespace EdgeAI.Storage.Indexing;

internal sealed partial class StoreIndex
{
    private const string SelectModel =
        "SELECT n.name, n.tag, n.manifest, m.length, n.set_at FROM names n JOIN manifests m ON m.digest = n.manifest";

    /// <summary>Looks a model up by tag, or by digest among the versions that some name has.</summary>
    public ModelInfo? FindModel(ModelReference model)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.Parameters.AddWithValue("$name", model.Name);
        if (model.Digest is { } digest)
        {
            command.CommandText = SelectModel + " WHERE n.name = $name AND n.manifest = $manifest ORDER BY n.set_at DESC LIMIT 1";
            command.Parameters.AddWithValue("$manifest", digest.ToArray());
        }
        else
        {
            command.CommandText = SelectModel + " WHERE n.name = $name AND n.tag = $tag";
            command.Parameters.AddWithValue("$tag", model.Tag);
        }

        using var reader = command.ExecuteReader();
        return reader.Read() ? ReadModel(reader) : null;
    }

    public List<ModelInfo> ListModels()
    {
        using var connection = Open();
        return ReadModels(connection);
    }

    /// <summary>The versions of a model, then those of other models, the latest first: each once, though names share one.</summary>
    /// <remarks>Of other models only the latest names are looked at: it takes as long in a store of many as in one of few.</remarks>
    public List<Digest> ListNearestVersions(string model, int limit)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT manifest FROM (
                SELECT manifest, set_at, name, tag FROM names WHERE name = $model
                UNION ALL
                SELECT * FROM (SELECT manifest, set_at, name, tag FROM names ORDER BY set_at DESC LIMIT 8 * $limit))
            GROUP BY manifest
            ORDER BY MAX(name = $model) DESC, MAX(set_at) DESC, MIN(name), MIN(tag)
            LIMIT $limit
            """;
        command.Parameters.AddWithValue("$model", model);
        command.Parameters.AddWithValue("$limit", limit);
        using var reader = command.ExecuteReader();
        var versions = new List<Digest>();
        while (reader.Read())
        {
            versions.Add(ReadDigest(reader, 0));
        }

        return versions;
    }

    private static List<ModelInfo> ReadModels(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = SelectModel + " ORDER BY n.name, n.tag";
        using var reader = command.ExecuteReader();
        var models = new List<ModelInfo>();
        while (reader.Read())
        {
            models.Add(ReadModel(reader));
        }

        return models;
    }

    /// <summary>Names that somebody is setting, or was when he died: their objects say whether he came so far.</summary>
    public List<ModelReference> ListNaming()
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name, tag FROM naming ORDER BY name, tag";
        using var reader = command.ExecuteReader();
        var names = new List<ModelReference>();
        while (reader.Read())
        {
            names.Add(ModelReference.Parse($"{reader.GetString(0)}:{reader.GetString(1)}"));
        }

        return names;
    }

    /// <summary>Sets a name to a version that <see cref="Prepare"/> has entered.</summary>
    /// <param name="model">The name, and its manifest.</param>
    /// <param name="change">What clusters have to do with it: what goes to one is in the outbox from the moment that the name counts.</param>
    public void SetName(ModelInfo model, ClusterChange change)
    {
        using var connection = OpenToWrite();
        using var transaction = connection.BeginTransaction();
        InsertName(connection, model);
        EndNaming(connection, model.Reference);
        EnterOutbox(connection, model, change);
        transaction.Commit();
    }

    /// <summary>Forgets that a name was about to be set.</summary>
    public void EndNaming(ModelReference model)
    {
        using var connection = OpenToWrite();
        EndNaming(connection, model);
    }

    private static void EndNaming(SqliteConnection connection, ModelReference model) => Execute(
        connection,
        "DELETE FROM naming WHERE name = $name AND tag = $tag",
        ("$name", model.Name),
        ("$tag", model.Tag!));

    public bool RemoveName(ModelReference model)
    {
        using var connection = OpenToWrite();
        using var command = connection.CreateCommand();
        command.CommandText = "DELETE FROM names WHERE name = $name AND tag = $tag";
        command.Parameters.AddWithValue("$name", model.Name);
        command.Parameters.AddWithValue("$tag", model.Tag);
        return command.ExecuteNonQuery() > 0;
    }

    private static ModelInfo ReadModel(SqliteDataReader reader) => new(
        ModelReference.Parse($"{reader.GetString(0)}:{reader.GetString(1)}"),
        ReadDigest(reader, 2),
        reader.GetInt64(3),
        DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(4)));
}
