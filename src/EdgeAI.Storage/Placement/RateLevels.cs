namespace EdgeAI.Storage.Placement;

/// <summary>The rates between which <see cref="RateBeliefs"/> tells models apart: the chance that a use is one of a model, from a half down in steps of the square root of two.</summary>
internal static class RateLevels
{
    public const int Count = 32;

    /// <summary>Steps of time are powers of two below this one.</summary>
    public const int Steps = 9;

    private static readonly double[] Rates = [.. Enumerable.Range(1, Count).Select(level => Math.Pow(0.5, (level + 1) / 2.0))];

    private static readonly double[][] Unused =
        [.. Enumerable.Range(0, Steps).Select(step => Rates.Select(rate => Math.Pow(1 - rate, 1 << step)).ToArray())];

    /// <summary>The chance of a use, by level.</summary>
    public static ReadOnlySpan<double> OfUse => Rates;

    /// <summary>The chance that two to the power of <paramref name="step"/> uses are all of other models, by level.</summary>
    public static ReadOnlySpan<double> OfNone(int step) => Unused[step];
}
