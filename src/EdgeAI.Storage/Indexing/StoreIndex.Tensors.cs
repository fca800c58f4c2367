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
            SELECT t.name, t.elements, t.form, t.sketch, t.start, t.chunks,
                EXISTS (SELECT 1 FROM names n WHERE n.name = $model AND n.manifest = t.manifest) AS same_model
            FROM tensors t WHERE t.elements = $elements ORDER BY same_model DESC, t.rowid DESC LIMIT $limit
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

    /// <summary>A stored tensor that has just these elements; null when there is none.</summary>
    public StoredTensor? FindTensor(long elements, ElementForm form, IReadOnlyList<Digest> chunks)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name, elements, form, sketch, start, chunks FROM tensors WHERE elements = $elements AND form = $form AND chunks = $chunks LIMIT 1";
        command.Parameters.AddWithValue("$elements", elements);
        command.Parameters.AddWithValue("$form", (byte)form);
        command.Parameters.AddWithValue("$chunks", WriteDigests(chunks));
        using var reader = command.ExecuteReader();
        return reader.Read() ? ReadTensor(reader) : null;
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

    /// <summary>Whether a manifest's tensors are entered.</summary>
    public bool HasTensors(Digest manifest)
    {
        using var connection = Open();
        return HasTensors(connection, manifest);
    }

    /// <summary>Enters the tensors of a manifest, if they are not.</summary>
    public void EnterTensors(Digest manifest, IReadOnlyList<StoredTensor> tensors)
    {
        using var connection = OpenToWrite();
        using var transaction = connection.BeginTransaction();
        InsertTensors(connection, manifest, tensors);
        transaction.Commit();
    }

    private static bool HasTensors(SqliteConnection connection, Digest manifest)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT EXISTS (SELECT 1 FROM tensors WHERE manifest = $manifest)";
        command.Parameters.AddWithValue("$manifest", manifest.ToArray());
        return command.ExecuteScalar() is 1L;
    }

    // They follow from the manifest and its content: what is entered once is right.
    private static void InsertTensors(SqliteConnection connection, Digest manifest, IReadOnlyList<StoredTensor> tensors)
    {
        if (tensors.Count == 0 || HasTensors(connection, manifest))
        {
            return;
        }

        using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO tensors (manifest, name, elements, form, sketch, start, chunks)
            VALUES ($manifest, $name, $elements, $form, $sketch, $start, $chunks)
            """;
        command.Parameters.AddWithValue("$manifest", manifest.ToArray());
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
