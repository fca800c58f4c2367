namespace EdgeAI.Inference;

/// <summary>What a load is doing.</summary>
public enum ModelLoadStage
{
    /// <summary>The model's files are made ready to map, or found ready.</summary>
    Materializing = 0,

    /// <summary>It waits for room in the memory budget.</summary>
    Waiting = 1,

    /// <summary>A device loads it.</summary>
    Loading = 2,

    /// <summary>It is loaded.</summary>
    Loaded = 3,
}
