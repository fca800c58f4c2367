using System.Threading.Channels;

namespace EdgeAI.Pipelines;

/// <summary>Puts the items that were made from one together again.</summary>
/// <param name="scope">The run.</param>
/// <param name="depth">Which groups are gathered; word of those further out passes by.</param>
/// <param name="capacity">How many lists may wait for the next stage.</param>
internal sealed class GatherStage<T>(PipelineScope scope, int depth, int capacity)
{
    private readonly HashSet<FlowGroup> _open = [];

    /// <summary>Begins the stage behind another one.</summary>
    public ChannelReader<Flow<IReadOnlyList<T>>> Start(ChannelReader<Flow<T>> input)
    {
        var output = scope.CreateBuffer<IReadOnlyList<T>>(capacity, hasOneWriter: true);
        scope.Start(output.Writer, () => GatherAsync(input, output.Writer));
        return output.Reader;
    }

    private async Task GatherAsync(ChannelReader<Flow<T>> input, ChannelWriter<Flow<IReadOnlyList<T>>> output)
    {
        try
        {
            await foreach (var flow in input.ReadAllAsync(scope.Token).ConfigureAwait(false))
            {
                await TakeAsync(flow, output).ConfigureAwait(false);
            }
        }
        finally
        {
            foreach (var group in _open)
            {
                Discard(group);
            }
        }
    }

    private async ValueTask TakeAsync(Flow<T> flow, ChannelWriter<Flow<IReadOnlyList<T>>> output)
    {
        if (flow.Group is not { } group || group.Depth < depth)
        {
            await scope.WriteAsync(output, flow.As<IReadOnlyList<T>>()).ConfigureAwait(false);
            return;
        }

        _open.Add(group);
        if (!group.Settle(flow))
        {
            return;
        }

        _open.Remove(group);
        if (group.IsBroken)
        {
            // The failure of the one item has been told by the stage that made these of it.
            Discard(group);
            return;
        }

        await scope.WriteAsync(output, new Flow<IReadOnlyList<T>>(FlowKind.Item, group.Items<T>(), group.Parent, group.Index)).ConfigureAwait(false);
    }

    private void Discard(FlowGroup group)
    {
        foreach (var item in group.Items<T>())
        {
            scope.Discard(new Flow<T>(FlowKind.Item, item, group, 0));
        }
    }
}
