using EdgeAI.Models;
using EdgeAI.Storage.Codecs.Elements;
using EdgeAI.Storage.Matching;
using Microsoft.Data.Sqlite;

namespace EdgeAI.Storage.Indexing;

internal sealed partial class StoreIndex
{
    // More than this many tensors of one size are alike only in size: the latest serve.
    private const int MaxTensorsFound = 256;

    /// <summary>Stored tensors with a number of elements, those of a model's earlier versions first, then the latest.</summary>
    public List<(StoredTensor Tensor, bool IsSameModel)> FindTensors(string modelName, long elements)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT name, form, sketch, chunks, model = $model AS same_model FROM tensors
            WHERE elements = $elements ORDER BY same_model DESC, rowid DESC LIMIT $limit
            """;
        command.Parameters.AddWithValue("$model", modelName);
        command.Parameters.AddWithValue("$elements", elements);
        command.Parameters.AddWithValue("$limit", MaxTensorsFound);
        using var reader = command.ExecuteReader();
        var tensors = new List<(StoredTensor, bool)>();
        while (reader.Read())
        {
            var form = (ElementForm)reader.GetByte(1);
            var tensor = new StoredTensor(reader.GetString(0), elements, form, reader.GetFieldValue<byte[]>(2), ReadDigests(reader.GetFieldValue<byte[]>(3)));
            tensors.Add((tensor, reader.GetBoolean(4)));
        }

        return tensors;
    }

    private static void InsertTensors(SqliteConnection connection, ModelInfo model, IReadOnlyList<StoredTensor> tensors)
    {
        Execute(connection, "DELETE FROM tensors WHERE manifest = $manifest", ("$manifest", model.Digest.ToArray()));
        using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO tensors (manifest, model, name, elements, form, sketch, chunks)
            VALUES ($manifest, $model, $name, $elements, $form, $sketch, $chunks)
            """;
        command.Parameters.AddWithValue("$manifest", model.Digest.ToArray());
        command.Parameters.AddWithValue("$model", model.Reference.Name);
        var name = command.Parameters.Add("$name", SqliteType.Text);
        var elements = command.Parameters.Add("$elements", SqliteType.Integer);
        var form = command.Parameters.Add("$form", SqliteType.Integer);
        var sketch = command.Parameters.Add("$sketch", SqliteType.Blob);
        var chunks = command.Parameters.Add("$chunks", SqliteType.Blob);
        foreach (var tensor in tensors)
        {
            name.Value = tensor.Name;
            elements.Value = tensor.Elements;
            form.Value = (byte)tensor.Form;
            sketch.Value = tensor.Sketch;
            chunks.Value = WriteDigests(tensor.Chunks);
            command.ExecuteNonQuery();
        }
    }

    private static byte[] WriteDigests(IReadOnlyList<Digest> digests)
    {
        var bytes = new byte[digests.Count * Digest.Size];
        for (var i = 0; i < digests.Count; i++)
        {
            digests[i].CopyTo(bytes.AsSpan(i * Digest.Size));
        }

        return bytes;
    }

    private static Digest[] ReadDigests(byte[] bytes)
    {
        var digests = new Digest[bytes.Length / Digest.Size];
        for (var i = 0; i < digests.Length; i++)
        {
            digests[i] = new Digest(bytes.AsSpan(i * Digest.Size, Digest.Size));
        }

        return digests;
    }
}
