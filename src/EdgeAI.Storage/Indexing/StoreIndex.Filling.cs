using EdgeAI.Models;
using Microsoft.Data.Sqlite;

namespace EdgeAI.Storage.Indexing;

internal sealed partial class StoreIndex
{
    public long CountChunks()
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM chunks";
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>Begins to enter packs of which it is not known which came first.</summary>
    public PackFilling BeginFilling() => new(OpenToWrite());

    /// <summary>Enters manifests.</summary>
    public void EnterManifests(IEnumerable<(Digest Digest, long Length)> manifests)
    {
        using var connection = OpenToWrite();
        using var transaction = connection.BeginTransaction();
        foreach (var (digest, length) in manifests)
        {
            InsertManifest(connection, digest, length);
        }

        transaction.Commit();
    }

    /// <summary>Makes the names just these. A name whose manifest is not entered enters it by its length.</summary>
    public void SetNames(IReadOnlyList<ModelInfo> models)
    {
        using var connection = OpenToWrite();
        using var transaction = connection.BeginTransaction();
        Execute(connection, "DELETE FROM names");
        Execute(connection, "DELETE FROM naming");
        foreach (var model in models)
        {
            InsertManifest(connection, model.Digest, model.Length);
            InsertName(connection, model);
        }

        transaction.Commit();
    }

    /// <summary>Remembers of chunks that they can't be read.</summary>
    public void MarkSuspect(IEnumerable<Digest> chunks)
    {
        using var connection = OpenToWrite();
        using var transaction = connection.BeginTransaction();
        foreach (var chunk in chunks)
        {
            Execute(connection, "UPDATE chunks SET suspect = 1 WHERE digest = $digest", ("$digest", chunk.ToArray()));
        }

        transaction.Commit();
    }

    /// <summary>The names of a database from before names were objects.</summary>
    public static IReadOnlyList<ModelInfo> ReadLegacyNames(string path)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false,
        }.ToString());
        connection.Open();
        return ReadModels(connection);
    }
}
