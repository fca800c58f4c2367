namespace EdgeAI.Models;

/// <summary>What an import is doing.</summary>
public enum ImportStage
{
    /// <summary>Waiting for another import of the same model, or for maintenance of the store.</summary>
    Waiting = 0,

    /// <summary>Reading the model's structure and checking it.</summary>
    Inspecting = 1,

    /// <summary>Cutting, hashing, compressing and writing the content.</summary>
    Storing = 2,

    /// <summary>Making it durable and giving it its name.</summary>
    Committing = 3,

    /// <summary>Fetching a file of the source from elsewhere, before it is inspected; bytes are those of the file.</summary>
    Fetching = 4,
}
