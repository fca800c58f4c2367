using EdgeAI.Models;

namespace EdgeAI.Storage.Placement;

/// <summary>
/// Says which models are worth their bytes on a tier: those that are likely to be used next. Where uses don't come by chance, a plainer rule may know better: each is tried on a shadow of the tier, and
/// one that would have served clearly more bytes lately than the forecast decides. Not thread-safe.
/// </summary>
/// <remarks>Uses are its clock, so that what it learns does not fade while nothing happens.</remarks>
internal sealed class TierPolicy
{
    // Uses of anything after which what a shadow served counts half as much.
    private const double Memory = 1000;

    // How much more than the first another shadow must have served.
    private const double Clearly = 1.02;

    private static readonly double Fading = Math.Pow(0.5, 1 / Memory);

    private readonly Dictionary<Digest, int> _numbers = [];
    private readonly ShadowTier[] _shadows;
    private readonly double[] _served;
    private long _time;

    /// <param name="capacity">What the tier holds, in bytes.</param>
    public TierPolicy(long capacity)
    {
        IUseWeights[] weights = [new UseForecast(), new HalfLifeWeights(0.05, false), new HalfLifeWeights(300, true), new HalfLifeWeights(1e9, true)];
        _shadows = [.. weights.Select(weights => new ShadowTier(weights, capacity))];
        _served = new double[_shadows.Length];
    }

    private IUseWeights Best
    {
        get
        {
            var most = _served.Max();
            return _shadows[most > _served[0] * Clearly ? Array.IndexOf(_served, most) : 0].Weights;
        }
    }

    /// <summary>Notes a use.</summary>
    /// <param name="model">What is used.</param>
    /// <param name="length">The bytes that it takes on the tier.</param>
    public void Use(Digest model, long length)
    {
        if (!_numbers.TryGetValue(model, out var number))
        {
            _numbers.Add(model, number = _numbers.Count);
        }

        for (var i = 0; i < _shadows.Length; i++)
        {
            _served[i] = (_served[i] * Fading) + (_shadows[i].Use(number, length, _time) ? length : 0);
        }

        _time++;
    }

    /// <summary>Puts models into the order in which they should leave.</summary>
    public IReadOnlyList<Digest> Order(IEnumerable<Digest> models)
    {
        var best = Best;
        return [.. models.OrderBy(model => _numbers.TryGetValue(model, out var number) ? best.WeightOf(number) : double.NegativeInfinity).ThenBy(model => model)];
    }

    /// <summary>Chooses which models should leave.</summary>
    /// <param name="held">The models, and the bytes that each takes.</param>
    /// <param name="bytes">How much room is wanted.</param>
    /// <returns>Models that take at least that together, the first to leave first; all, if they take less.</returns>
    public IReadOnlyList<Digest> Choose(IReadOnlyDictionary<Digest, long> held, long bytes) => Leaving.Choose(Order(held.Keys).Select(model => (model, held[model])), bytes);
}
