namespace EdgeAI.Storage.Placement;

/// <summary>A tier that holds numbers and lengths of models only, and says what the tier would have held if it had gone by these weights. Not thread-safe.</summary>
/// <param name="weights">The weights.</param>
/// <param name="capacity">What the tier holds, in bytes.</param>
internal sealed class ShadowTier(IUseWeights weights, long capacity)
{
    private readonly Dictionary<int, long> _held = [];
    private long _bytes;

    public IUseWeights Weights => weights;

    /// <summary>Notes a use.</summary>
    /// <param name="model">What is used.</param>
    /// <param name="length">The bytes that it takes.</param>
    /// <param name="time">How many uses of anything there were before.</param>
    /// <returns>Whether the tier held it.</returns>
    public bool Use(int model, long length, long time)
    {
        var isHeld = _held.TryGetValue(model, out var heldLength);
        weights.Use(model, time, isHeld);
        _held[model] = length;
        _bytes += length - heldLength;
        if (_bytes > capacity)
        {
            foreach (var leaving in Leaving.Choose(Order(), _bytes - capacity))
            {
                _held.Remove(leaving, out var freed);
                _bytes -= freed;
            }
        }

        return isHeld;
    }

    // Few leave at a time: not all of them need be sorted.
    private IEnumerable<(int Model, long Length)> Order()
    {
        var order = new PriorityQueue<(int, long), double>(_held.Select(model => ((model.Key, model.Value), weights.WeightOf(model.Key))));
        while (order.TryDequeue(out var model, out _))
        {
            yield return model;
        }
    }
}
