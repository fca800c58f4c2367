namespace EdgeAI.Pipelines;

/// <summary>What goes from stage to stage: an item, or word that one has failed, or that a group has no more.</summary>
/// <param name="Kind">Which of these.</param>
/// <param name="Value">The item.</param>
/// <param name="Group">The items that it belongs to; null when it comes from the source by itself.</param>
/// <param name="Index">Its place in the group; of the word that there are no more, how many there were.</param>
internal readonly record struct Flow<T>(FlowKind Kind, T Value, FlowGroup? Group, int Index)
{
    /// <summary>The same word for a stage of another type of items.</summary>
    public Flow<TNext> As<TNext>() => new(Kind, default!, Group, Index);

    public Flow<TNext> With<TNext>(TNext value) => new(FlowKind.Item, value, Group, Index);

    public Flow<TNext> Failed<TNext>() => new(FlowKind.Failed, default!, Group, Index);
}
