namespace EdgeAI.Storage.Placement;

/// <summary>Counts uses, each of which counts half as much after so many uses of anything. Not thread-safe.</summary>
/// <param name="halfLife">In uses of anything; a part of one for the order of the last uses, far more than there are for plain counts.</param>
/// <param name="isReluctant">
/// Whether what comes is weighed without the use that brings it: then what is used once in a while, all in turn, does not drive out what it can't take the place of for long.
/// </param>
internal sealed class HalfLifeWeights(double halfLife, bool isReluctant) : IUseWeights
{
    private readonly List<double> _weights = [];
    private (int Model, double Before)? _newcomer;

    public void Use(int model, long time, bool isHeld)
    {
        if (model == _weights.Count)
        {
            _weights.Add(double.NegativeInfinity);
        }

        var before = _weights[model];
        _weights[model] = Add(before, time / halfLife);
        _newcomer = isReluctant && !isHeld ? (model, before) : null;
    }

    // From the next use of anything on, the one that brought it counts.
    public double WeightOf(int model) => _newcomer is { } newcomer && newcomer.Model == model ? newcomer.Before : _weights[model];

    // Weights are logarithms of base 2: those of old uses need not be made smaller, since those of new ones grow.
    private static double Add(double weight, double use)
    {
        var (more, less) = weight > use ? (weight, use) : (use, weight);
        return double.IsNegativeInfinity(less) ? more : more + Math.Log2(1 + Math.Pow(2, less - more));
    }
}
