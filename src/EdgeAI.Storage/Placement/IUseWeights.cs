namespace EdgeAI.Storage.Placement;

/// <summary>A way to say what models are worth on a tier, from their uses. Models are numbered from 0 on in the order of their first uses.</summary>
internal interface IUseWeights
{
    /// <summary>Notes a use.</summary>
    /// <param name="model">What is used.</param>
    /// <param name="time">How many uses of anything there were before.</param>
    /// <param name="isHeld">Whether a tier that goes by these weights holds it.</param>
    void Use(int model, long time, bool isHeld);

    /// <summary>What a byte of a model is worth now; only the order means something.</summary>
    double WeightOf(int model);
}
