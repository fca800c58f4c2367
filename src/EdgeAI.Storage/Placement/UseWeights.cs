using EdgeAI.Models;

namespace EdgeAI.Storage.Placement;

/// <summary>
/// One way to weigh uses: each counts half as much after so many uses of anything. Beside the weights it keeps a shadow of the tier, digests and lengths only, which says what the tier would have
/// held if it had gone by these weights. Not thread-safe.
/// </summary>
/// <param name="halfLife">In uses of anything; a part of one for the order of the last uses, far more than there are for plain counts.</param>
/// <param name="isReluctant">
/// Whether what comes is weighed without the use that brings it: then what is used once in a while, all in turn, does not drive out what it can't take the place of for long.
/// </param>
/// <param name="capacity">What the tier holds, in bytes.</param>
internal sealed class UseWeights(double halfLife, bool isReluctant, long capacity)
{
    private readonly Dictionary<Digest, double> _weights = [];
    private readonly Dictionary<Digest, long> _held = [];
    private readonly PriorityQueue<Digest, double> _order = new();
    private long _bytes;
    private (Digest Model, double Before)? _newcomer;

    /// <summary>Notes a use.</summary>
    /// <param name="model">What is used.</param>
    /// <param name="length">The bytes that it takes.</param>
    /// <param name="time">How many uses there were before.</param>
    /// <returns>Whether the shadow held it.</returns>
    public bool Use(Digest model, long length, long time)
    {
        var before = _weights.TryGetValue(model, out var known) ? known : double.NegativeInfinity;
        var after = Add(before, time / halfLife);
        _weights[model] = after;
        var isHit = _held.TryGetValue(model, out var heldLength);
        _bytes += length - heldLength;
        _held[model] = length;
        _newcomer = isReluctant && !isHit ? (model, before) : null;
        _order.Enqueue(model, WeightOf(model));
        while (_bytes > capacity)
        {
            DropLightest();
        }

        // From its next comparison on, the use counts.
        if (_newcomer is not null && _held.ContainsKey(model))
        {
            _order.Enqueue(model, after);
        }

        return isHit;
    }

    /// <summary>What a model weighs now; only the order of weights means something.</summary>
    public double WeightOf(Digest model) =>
        _newcomer is { } newcomer && newcomer.Model == model ? newcomer.Before
        : _weights.TryGetValue(model, out var weight) ? weight
        : double.NegativeInfinity;

    // Weights are logarithms of base 2: those of old uses need not be made smaller, since those of new ones grow.
    private static double Add(double weight, double use)
    {
        var (more, less) = weight > use ? (weight, use) : (use, weight);
        return double.IsNegativeInfinity(less) ? more : more + Math.Log2(1 + Math.Pow(2, less - more));
    }

    private void DropLightest()
    {
        // What was used since it was queued is queued again.
        while (_order.TryDequeue(out var model, out var weight))
        {
            if (_held.TryGetValue(model, out var length) && weight == WeightOf(model))
            {
                _held.Remove(model);
                _bytes -= length;
                return;
            }
        }
    }
}
