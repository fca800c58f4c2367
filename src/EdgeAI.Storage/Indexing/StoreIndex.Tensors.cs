using EdgeAI.Models;
using EdgeAI.Storage.Codecs.Elements;
using EdgeAI.Storage.Matching;
using Microsoft.Data.Sqlite;

namespace EdgeAI.Storage.Indexing;

internal sealed partial class StoreIndex
{
    // More than this many tensors of one size are alike only in size: the latest serve.
    private const int MaxTensorsFound = 256;

    // So many are searched for in a file that no parser knows; their hashes and chunks' names take some 100 MB.
    private const int MaxTensorStarts = 200_000;

    /// <summary>Stored tensors with a number of elements, those of a model's earlier versions first, then the latest.</summary>
    public List<(StoredTensor Tensor, bool IsSameModel)> FindTensors(string modelName, long elements)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT name, elements, form, sketch, start, chunks, model = $model AS same_model FROM tensors
            WHERE elements = $elements ORDER BY same_model DESC, rowid DESC LIMIT $limit
            """;
        command.Parameters.AddWithValue("$model", modelName);
        command.Parameters.AddWithValue("$elements", elements);
        command.Parameters.AddWithValue("$limit", MaxTensorsFound);
        using var reader = command.ExecuteReader();
        var tensors = new List<(StoredTensor, bool)>();
        while (reader.Read())
        {
            tensors.Add((ReadTensor(reader), reader.GetBoolean(6)));
        }

        return tensors;
    }

    /// <summary>Stored tensors by the hash of their first bytes.</summary>
    public Dictionary<ulong, StoredTensor> ListTensorStarts()
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name, elements, form, sketch, start, chunks FROM tensors WHERE start <> 0 ORDER BY rowid DESC LIMIT $limit";
        command.Parameters.AddWithValue("$limit", MaxTensorStarts);
        using var reader = command.ExecuteReader();
        var tensors = new Dictionary<ulong, StoredTensor>();
        while (reader.Read())
        {
            var tensor = ReadTensor(reader);
            if (tensor.Chunks.Count > 0)
            {
                tensors.TryAdd(tensor.Start, tensor);
            }
        }

        return tensors;
    }

    private static StoredTensor ReadTensor(SqliteDataReader reader) => new(
        reader.GetString(0),
        reader.GetInt64(1),
        (ElementForm)reader.GetByte(2),
        reader.GetFieldValue<byte[]>(3),
        (ulong)reader.GetInt64(4),
        ReadDigests(reader.GetFieldValue<byte[]>(5)));

    private static void InsertTensors(SqliteConnection connection, ModelInfo model, IReadOnlyList<StoredTensor> tensors)
    {
        // What came by archive brings no tensors; those known from an import of the same version stay.
        if (tensors.Count == 0)
        {
            return;
        }

        Execute(connection, "DELETE FROM tensors WHERE manifest = $manifest", ("$manifest", model.Digest.ToArray()));
        using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO tensors (manifest, model, name, elements, form, sketch, start, chunks)
            VALUES ($manifest, $model, $name, $elements, $form, $sketch, $start, $chunks)
            """;
        command.Parameters.AddWithValue("$manifest", model.Digest.ToArray());
        command.Parameters.AddWithValue("$model", model.Reference.Name);
        var name = command.Parameters.Add("$name", SqliteType.Text);
        var elements = command.Parameters.Add("$elements", SqliteType.Integer);
        var form = command.Parameters.Add("$form", SqliteType.Integer);
        var sketch = command.Parameters.Add("$sketch", SqliteType.Blob);
        var start = command.Parameters.Add("$start", SqliteType.Integer);
        var chunks = command.Parameters.Add("$chunks", SqliteType.Blob);
        foreach (var tensor in tensors)
        {
            name.Value = tensor.Name;
            elements.Value = tensor.Elements;
            form.Value = (byte)tensor.Form;
            sketch.Value = tensor.Sketch;
            start.Value = (long)tensor.Start;
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
