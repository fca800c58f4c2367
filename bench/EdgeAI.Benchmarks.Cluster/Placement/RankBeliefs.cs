namespace EdgeAI.Benchmarks.Cluster.Placement;

/// <summary>How likely each model is to be used next, for one who knows how uses are drawn and which there were, but not how ranks were dealt.</summary>
internal sealed class RankBeliefs
{
    // High ranks, that hardly differ, are taken together: each level is so many ranks long for one before it.
    private const int RanksBefore = 10;

    private readonly UseLaw _law;
    private readonly double[] _probabilities;
    private readonly double[] _common;
    private readonly double[][] _chances;
    private int _uses;

    public RankBeliefs(UseLaw law, int models)
    {
        _law = law;
        var (probabilities, common) = (new List<double>(), new List<double>());
        for (var rank = 0; rank < law.Probabilities.Length;)
        {
            var level = law.Probabilities.Skip(rank).Take(Math.Max(1, rank / RanksBefore)).ToArray();
            probabilities.Add(level.Average());
            common.Add((double)level.Length / law.Probabilities.Length);
            rank += level.Length;
        }

        _probabilities = [.. probabilities];
        _common = [.. common];
        _chances = [.. Enumerable.Range(0, models).Select(_ => _common.ToArray())];
        Rates = [.. Enumerable.Repeat(1.0 / models, models)];
    }

    /// <summary>How likely each model is to be used next.</summary>
    public double[] Rates { get; }

    /// <summary>Notes a use.</summary>
    public void Use(int model)
    {
        _uses++;
        var isDealt = _law.DealtEvery is { } every && _uses % every == 0;
        for (var other = 0; other < _chances.Length; other++)
        {
            Rates[other] = Learn(_chances[other], other == model, isDealt ? 1 : _law.Change);
        }
    }

    private double Learn(double[] chances, bool isUsed, double change)
    {
        var sum = 0.0;
        for (var level = 0; level < chances.Length; level++)
        {
            sum += chances[level] *= isUsed ? _probabilities[level] : 1 - _probabilities[level];
        }

        var rate = 0.0;
        for (var level = 0; level < chances.Length; level++)
        {
            chances[level] = ((1 - change) * chances[level] / sum) + (change * _common[level]);
            rate += chances[level] * _probabilities[level];
        }

        return rate;
    }
}
