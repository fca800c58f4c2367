using EdgeAI.Models;

namespace EdgeAI.Storage.Placement;

/// <summary>
/// Says which models are worth their bytes on a tier: those that are used often, where old uses count less. How much less is learned: several half-lives are tried on shadows of the tier, and the one that
/// would have served the most bytes lately decides. Not thread-safe.
/// </summary>
/// <remarks>Uses are its clock, so that what it learns does not fade while nothing happens.</remarks>
internal sealed class TierPolicy
{
    // Uses of anything after which what a shadow served counts half as much.
    private const double Memory = 1000;

    private static readonly double Fading = Math.Pow(0.5, 1 / Memory);

    // The first one decides while they are equally good.
    private static readonly (double HalfLife, bool IsReluctant)[] Candidates =
        [(300, false), (0.05, false), (30, false), (100, false), (200, false), (500, false), (1000, false), (3000, false), (1e9, false), (300, true), (1e9, true)];

    private readonly UseWeights[] _weights;
    private readonly double[] _served;
    private long _time;

    /// <param name="capacity">What the tier holds, in bytes.</param>
    public TierPolicy(long capacity)
    {
        _weights = [.. Candidates.Select(candidate => new UseWeights(candidate.HalfLife, candidate.IsReluctant, capacity))];
        _served = new double[_weights.Length];
    }

    private UseWeights Best => _weights[Array.IndexOf(_served, _served.Max())];

    /// <summary>Notes a use.</summary>
    /// <param name="model">What is used.</param>
    /// <param name="length">The bytes that it takes on the tier.</param>
    public void Use(Digest model, long length)
    {
        for (var i = 0; i < _weights.Length; i++)
        {
            _served[i] = (_served[i] * Fading) + (_weights[i].Use(model, length, _time) ? length : 0);
        }

        _time++;
    }

    /// <summary>Puts models into the order in which they should leave.</summary>
    public IReadOnlyList<Digest> Order(IEnumerable<Digest> models)
    {
        var best = Best;
        return [.. models.OrderBy(best.WeightOf).ThenBy(model => model)];
    }
}
