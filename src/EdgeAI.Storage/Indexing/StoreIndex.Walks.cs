namespace EdgeAI.Storage.Indexing;

/// <summary>Walks over the whole store.</summary>
internal sealed partial class StoreIndex
{
    /// <summary>Every chunk.</summary>
    public List<StoredChunk> ListChunks()
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT digest, pack, stored_length, base FROM chunks";
        using var reader = command.ExecuteReader();
        var chunks = new List<StoredChunk>();
        while (reader.Read())
        {
            chunks.Add(new StoredChunk(ReadDigest(reader, 0), ReadDigest(reader, 1), reader.GetInt32(2), reader.IsDBNull(3) ? null : ReadDigest(reader, 3)));
        }

        return chunks;
    }
}
