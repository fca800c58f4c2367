namespace EdgeAI.Pipelines;

/// <summary>The items that were made from one, until they are gathered. What it holds belongs to the gathering stage.</summary>
internal sealed class FlowGroup(FlowGroup? parent, int index)
{
    private readonly List<(int Index, object? Value)> _items = [];
    private int _settled;
    private int? _count;

    /// <summary>The group that the one item belonged to.</summary>
    public FlowGroup? Parent => parent;

    /// <summary>Its place there.</summary>
    public int Index => index;

    /// <summary>How many groups it is in.</summary>
    public int Depth { get; } = parent is null ? 1 : parent.Depth + 1;

    /// <summary>Whether the making of its items failed.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Takes an item, or word of one.</summary>
    /// <returns>Whether nothing more comes.</returns>
    public bool Settle<T>(Flow<T> flow)
    {
        switch (flow.Kind)
        {
            case FlowKind.End:
            case FlowKind.Broken:
                IsBroken = flow.Kind == FlowKind.Broken;
                _count = flow.Index;
                break;
            case FlowKind.Item:
                _items.Add((flow.Index, flow.Value));
                _settled++;
                break;
            default:
                _settled++;
                break;
        }

        return _settled == _count;
    }

    /// <summary>The items in the order in which they were made.</summary>
    public IReadOnlyList<T> Items<T>() => [.. _items.OrderBy(item => item.Index).Select(item => (T)item.Value!)];
}
