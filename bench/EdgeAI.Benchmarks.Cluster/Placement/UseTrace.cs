namespace EdgeAI.Benchmarks.Cluster.Placement;

/// <summary>Which model is used when: the same each time that it is made.</summary>
/// <param name="Name">What it is like.</param>
/// <param name="Uses">Numbers of models, in order.</param>
/// <param name="Likely">
/// How likely each model is at a place of the trace, which no policy is told: what one that knew it would hold is the most that can be had without knowing the future. Null where uses are not drawn.
/// </param>
/// <param name="Law">How uses are drawn. Null where they are not.</param>
internal sealed record UseTrace(string Name, int[] Uses, Func<int, double[]>? Likely, UseLaw? Law)
{
    private const int Length = 50_000;

    // A popularity lasts so long before it is dealt anew, or between two models that change places.
    private const int ShiftEvery = 5000;
    private const int DriftEvery = 20;

    /// <summary>The traces of the comparison.</summary>
    /// <param name="models">How many models there are.</param>
    public static IEnumerable<UseTrace> All(int models)
    {
        yield return Drawn("zipf_0.8", models, 0.8);
        yield return Drawn("zipf_1.0", models, 1.0);
        yield return WithScans(models);
        yield return Loop(models);
        yield return Shifting(models);
        yield return Drifting(models);
    }

    private static UseTrace Drawn(string name, int models, double exponent)
    {
        var random = new Random(1);
        var zipf = new Zipf(models, exponent);
        var uses = Enumerable.Range(0, Length).Select(_ => zipf.Next(random)).ToArray();
        return new UseTrace(name, uses, _ => zipf.Probabilities, new UseLaw(zipf.Probabilities, 0, null));
    }

    // Zipf 1.0, and at times half of all models one after the other: a backup, a test of everything.
    private static UseTrace WithScans(int models)
    {
        var random = new Random(2);
        var zipf = new Zipf(models, 1);
        var uses = new List<int>();
        while (uses.Count < Length)
        {
            uses.AddRange(Enumerable.Range(0, 2 * models).Select(_ => zipf.Next(random)));
            var first = random.Next(models);
            uses.AddRange(Enumerable.Range(first, models / 2).Select(model => model % models));
        }

        return new UseTrace("scans", [.. uses.Take(Length)], null, null);
    }

    // All models in turn: the worst for the order of last uses.
    private static UseTrace Loop(int models) => new("loop", [.. Enumerable.Range(0, Length).Select(use => use % models)], null, null);

    private static UseTrace Shifting(int models)
    {
        var random = new Random(3);
        var zipf = new Zipf(models, 1);
        var (uses, phases) = (new int[Length], new List<double[]>());
        var order = Enumerable.Range(0, models).ToArray();
        for (var use = 0; use < Length; use++)
        {
            if (use % ShiftEvery == 0)
            {
                random.Shuffle(order);
                phases.Add(Dealt(zipf, order));
            }

            uses[use] = order[zipf.Next(random)];
        }

        return new UseTrace("shifting", uses, use => phases[use / ShiftEvery], new UseLaw(zipf.Probabilities, 0, ShiftEvery));
    }

    private static UseTrace Drifting(int models)
    {
        var random = new Random(4);
        var zipf = new Zipf(models, 1);
        var (uses, phases) = (new int[Length], new List<double[]>());
        var order = Enumerable.Range(0, models).ToArray();
        for (var use = 0; use < Length; use++)
        {
            if (use % DriftEvery == 0)
            {
                var (one, other) = (random.Next(models), random.Next(models));
                (order[one], order[other]) = (order[other], order[one]);
                phases.Add(Dealt(zipf, order));
            }

            uses[use] = order[zipf.Next(random)];
        }

        return new UseTrace("drifting", uses, use => phases[use / DriftEvery], new UseLaw(zipf.Probabilities, 2.0 / models / DriftEvery, null));
    }

    private static double[] Dealt(Zipf zipf, int[] order)
    {
        var likely = new double[order.Length];
        for (var rank = 0; rank < order.Length; rank++)
        {
            likely[order[rank]] = zipf.Probabilities[rank];
        }

        return likely;
    }
}
