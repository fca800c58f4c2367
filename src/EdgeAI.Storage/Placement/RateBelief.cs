using System.Numerics.Tensors;

namespace EdgeAI.Storage.Placement;

/// <summary>How likely it is that a model has each of the <see cref="RateLevels"/>, by what was used before a time. Not thread-safe.</summary>
/// <param name="chances">The chances that it begins with, copied.</param>
/// <param name="time">The time.</param>
internal sealed class RateBelief(ReadOnlySpan<double> chances, long time)
{
    private readonly double[] _chances = chances.ToArray();
    private long _time = time;

    public ReadOnlySpan<double> Chances => _chances;

    /// <summary>The chance that the next use is one of the model.</summary>
    public double Rate { get; private set; }

    /// <summary>Notes that the model was not used until a time.</summary>
    /// <param name="time">The time.</param>
    /// <param name="changes">How likely its rate has changed within each step of <see cref="RateLevels.Steps"/>.</param>
    /// <param name="usual">How common each level is: what a changed rate is drawn from.</param>
    public void Wait(long time, ReadOnlySpan<double> changes, ReadOnlySpan<double> usual)
    {
        while (_time < time)
        {
            var step = Math.Min(RateLevels.Steps - 1, (int)long.Log2(time - _time));
            Weigh(RateLevels.OfNone(step), 1 - changes[step]);
            TensorPrimitives.MultiplyAdd(usual, changes[step], _chances, _chances);
            _time += 1L << step;
        }

        Rate = TensorPrimitives.Dot(_chances, RateLevels.OfUse);
    }

    /// <summary>Notes that it is used now.</summary>
    public void Use()
    {
        Weigh(RateLevels.OfUse, 1);
        _time++;
        Rate = TensorPrimitives.Dot(_chances, RateLevels.OfUse);
    }

    private void Weigh(ReadOnlySpan<double> likelihoods, double sum)
    {
        TensorPrimitives.Multiply(_chances, likelihoods, _chances);
        TensorPrimitives.Multiply(_chances, sum / TensorPrimitives.Sum<double>(_chances), _chances);
    }
}
