namespace EdgeAI.Storage.Placement;

/// <summary>
/// Weighs models by how likely each is the next to be used. How long a popularity lasts is learned: beliefs that take it to be long and short count by how well they foretold the latest uses. Not thread-safe.
/// </summary>
internal sealed class UseForecast : IUseWeights
{
    // Uses of anything after which how well one was foretold counts half as much.
    private const double Memory = 500;

    private static readonly double Fading = Math.Pow(0.5, 1 / Memory);

    private readonly RateBeliefs[] _beliefs = [new(1e6), new(10_000), new(3000), new(1000)];
    private readonly double[] _foretold;
    private readonly double[] _shares;

    public UseForecast()
    {
        _foretold = new double[_beliefs.Length];
        _shares = new double[_beliefs.Length];
    }

    public void Use(int model, long time, bool isHeld)
    {
        for (var i = 0; i < _beliefs.Length; i++)
        {
            _foretold[i] = (_foretold[i] * Fading) + Math.Log(_beliefs[i].Use(model, time));
        }

        var best = _foretold.Max();
        for (var i = 0; i < _beliefs.Length; i++)
        {
            _shares[i] = Math.Exp(_foretold[i] - best);
        }
    }

    public double WeightOf(int model)
    {
        var weight = 0.0;
        for (var i = 0; i < _beliefs.Length; i++)
        {
            weight += _shares[i] * _beliefs[i].RateOf(model);
        }

        return weight;
    }
}
