namespace EdgeAI.Benchmarks.Cluster.Placement;

/// <summary>Draws ranks whose probability falls with a power of the rank.</summary>
internal sealed class Zipf
{
    private readonly double[] _sums;

    public Zipf(int ranks, double exponent)
    {
        var weights = Enumerable.Range(1, ranks).Select(rank => Math.Pow(rank, -exponent)).ToArray();
        var total = weights.Sum();
        Probabilities = [.. weights.Select(weight => weight / total)];
        _sums = new double[ranks];
        var sum = 0.0;
        for (var rank = 0; rank < ranks; rank++)
        {
            _sums[rank] = sum += Probabilities[rank];
        }
    }

    public double[] Probabilities { get; }

    public int Next(Random random)
    {
        var found = Array.BinarySearch(_sums, random.NextDouble());
        return Math.Min(found < 0 ? ~found : found, _sums.Length - 1);
    }
}
