namespace EdgeAI.Pipelines;

/// <summary>What goes from stage to stage.</summary>
internal enum FlowKind
{
    /// <summary>An item.</summary>
    Item,

    /// <summary>Word that an item failed: its group shall not wait for it.</summary>
    Failed,

    /// <summary>Word that a group has no more items.</summary>
    End,

    /// <summary>Word that a group has no more items because making them failed: nothing comes of it.</summary>
    Broken,
}
