using EdgeAI.Models;

namespace EdgeAI.Storage;

/// <summary>A model can't be read, because a part of it was damaged beyond repair and is quarantined. Nothing of it was returned.</summary>
public sealed class ModelQuarantinedException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="model">The model.</param>
    /// <param name="missing">The names of the chunks that are gone; at least one.</param>
    /// <param name="location">Where the damaged bytes were moved.</param>
    public ModelQuarantinedException(ModelReference model, IReadOnlyList<Digest> missing, string location)
        : base($"The model '{model}' misses {missing.Count} chunks that were damaged beyond repair, among them {missing[0]}; what is left of them is in '{location}'. "
            + "Import the model again, or repair the store from a copy that has them (RepairAsync), and check the disk.")
    {
        Model = model;
        Missing = missing;
        Location = location;
    }

    /// <summary>The model.</summary>
    public ModelReference Model { get; }

    /// <summary>The names of the chunks that are gone.</summary>
    public IReadOnlyList<Digest> Missing { get; }

    /// <summary>Where the damaged bytes were moved.</summary>
    public string Location { get; }
}
