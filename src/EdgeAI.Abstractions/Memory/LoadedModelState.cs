namespace EdgeAI.Memory;

/// <summary>Where a model is that an engine knows.</summary>
public enum LoadedModelState
{
    /// <summary>Swapped out: somebody holds it, and its next run loads it.</summary>
    Out = 0,

    /// <summary>Being loaded, or waiting for room in the budget.</summary>
    Loading = 1,

    /// <summary>In memory, ready to run.</summary>
    Loaded = 2,

    /// <summary>Being swapped out or unloaded; its memory is still counted.</summary>
    Leaving = 3,
}
