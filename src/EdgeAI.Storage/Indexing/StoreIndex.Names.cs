using EdgeAI.Models;
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
