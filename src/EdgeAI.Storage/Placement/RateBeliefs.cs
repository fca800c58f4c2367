using System.Numerics.Tensors;

namespace EdgeAI.Storage.Placement;

/// <summary>
/// What is believed of how often models are used, if a rate lasts so long before it changes. How common each rate is, is learned from all models: so it is known what one use, or a pause, says of one.
/// Not thread-safe.
/// </summary>
/// <param name="lasting">In uses of anything.</param>
internal sealed class RateBeliefs(double lasting)
{
    // How many other models are brought up to date at a use, in turn.
    private const int Refreshed = 16;

    // A model that was never used may have been there all the time; longer makes no difference.
    private const int Unused = 1000;

    // What every rate has for sure of how common it is, of one.
    private const double Least = 0.002;

    private readonly double[] _changes = [.. Enumerable.Range(0, RateLevels.Steps).Select(step => 1 - Math.Pow(1 - (1 / lasting), 1 << step))];
    private readonly double[] _usual = [.. Enumerable.Repeat(1.0 / RateLevels.Count, RateLevels.Count)];
    private readonly double[] _sums = new double[RateLevels.Count];
    private readonly List<RateBelief> _models = [];
    private double _rates;
    private int _next;

    /// <summary>Notes a use.</summary>
    /// <returns>How likely it was, by what was believed.</returns>
    public double Use(int model, long time)
    {
        if (model == _models.Count)
        {
            _models.Add(new RateBelief(_usual, Math.Max(0, time - Unused)));
            Count(_models[model], 1);
        }

        var used = _models[model];
        Refresh(used, time);
        var likely = used.Rate / _rates;
        Count(used, -1);
        used.Use();
        Count(used, 1);
        for (var i = 0; i < Refreshed; i++)
        {
            _next = (_next + 1) % _models.Count;
            Refresh(_models[_next], time + 1);
        }

        TensorPrimitives.Multiply(_sums, (1 - Least) / _models.Count, _usual);
        TensorPrimitives.Add(_usual, Least / RateLevels.Count, _usual);
        return likely;
    }

    /// <summary>The chance that the next use is one of a model, as it was when it was last brought up to date.</summary>
    public double RateOf(int model) => _models[model].Rate;

    private void Refresh(RateBelief belief, long time)
    {
        Count(belief, -1);
        belief.Wait(time, _changes, _usual);
        Count(belief, 1);
    }

    private void Count(RateBelief belief, int sign)
    {
        _rates += sign * belief.Rate;
        TensorPrimitives.MultiplyAdd(belief.Chances, sign, _sums, _sums);
    }
}
