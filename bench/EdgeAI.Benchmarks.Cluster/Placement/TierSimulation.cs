using EdgeAI.Models;
using EdgeAI.Storage.Placement;

namespace EdgeAI.Benchmarks.Cluster.Placement;

/// <summary>Plays a trace against a tier of whole models, and says which share of the bytes that were used the tier had.</summary>
internal static class TierSimulation
{
    /// <summary>What was used last stays.</summary>
    public static double PlayLastUsed(int[] uses, long[] lengths, long capacity)
    {
        var last = new long[lengths.Length];
        return Play(uses, lengths, capacity, (model, use) => last[model] = use + 1, (held, over) => Choose(held, lengths, over, model => last[model]));
    }

    /// <summary>The store's policy decides.</summary>
    public static double PlayPolicy(int[] uses, long[] lengths, long capacity)
    {
        var policy = new TierPolicy(capacity);
        var digests = Enumerable.Range(0, lengths.Length).Select(model => Digest.Of(BitConverter.GetBytes(model))).ToArray();
        var models = Enumerable.Range(0, lengths.Length).ToDictionary(model => digests[model]);
        return Play(
            uses,
            lengths,
            capacity,
            (model, _) => policy.Use(digests[model], lengths[model]),
            (held, over) => policy.Choose(held.ToDictionary(model => digests[model], model => lengths[model]), over).Select(digest => models[digest]));
    }

    /// <summary>The most likely stay, by what is known of how the trace was drawn: no policy can be told that.</summary>
    public static double PlayLikely(UseTrace trace, long[] lengths, long capacity)
    {
        var likely = trace.Likely!(0);
        return Play(trace.Uses, lengths, capacity, (_, use) => likely = trace.Likely(use), (held, over) => Choose(held, lengths, over, model => likely[model]));
    }

    /// <summary>
    /// The most that anything can have that knows how uses are drawn, but of those drawn only the ones before: at each use a tier of those that are likely then, fetched without a use and cut to the byte.
    /// </summary>
    public static double PlayPast(UseTrace trace, long[] lengths, long capacity)
    {
        var beliefs = new RankBeliefs(trace.Law!, lengths.Length);
        var (served, used) = (0.0, 0L);
        foreach (var model in trace.Uses)
        {
            var (rate, before, equal) = (beliefs.Rates[model], 0L, 0L);
            for (var other = 0; other < lengths.Length; other++)
            {
                before += beliefs.Rates[other] > rate ? lengths[other] : 0;
                equal += beliefs.Rates[other] == rate ? lengths[other] : 0;
            }

            // Those that are equally likely share what is left.
            served += lengths[model] * Math.Clamp((double)(capacity - before) / equal, 0, 1);
            used += lengths[model];
            beliefs.Use(model);
        }

        return served / used;
    }

    /// <summary>
    /// The offline optimum: what is used again last goes first, byte by byte, so that a part of a model may stay. For bytes, each as long as any other, this is Belady's rule, which nothing that holds whole models can beat.
    /// </summary>
    public static double PlayOptimum(int[] uses, long[] lengths, long capacity)
    {
        var next = FindNext(uses, lengths.Length);
        var (held, due) = (new long[lengths.Length], new int[lengths.Length]);
        var order = new PriorityQueue<int, int>();
        var (bytes, served, used) = (0L, 0L, 0L);
        for (var use = 0; use < uses.Length; use++)
        {
            var model = uses[use];
            used += lengths[model];
            served += held[model];
            bytes += lengths[model] - held[model];
            (held[model], due[model]) = (lengths[model], next[use]);
            order.Enqueue(model, -next[use]);
            while (bytes > capacity)
            {
                order.TryPeek(out var last, out var when);
                if (held[last] == 0 || due[last] != -when)
                {
                    order.Dequeue();
                    continue;
                }

                var taken = Math.Min(held[last], bytes - capacity);
                held[last] -= taken;
                bytes -= taken;
            }
        }

        return (double)served / used;
    }

    private static double Play(int[] uses, long[] lengths, long capacity, Action<int, int> note, Func<HashSet<int>, long, IEnumerable<int>> choose)
    {
        var held = new HashSet<int>();
        var (bytes, served, used) = (0L, 0L, 0L);
        for (var use = 0; use < uses.Length; use++)
        {
            var model = uses[use];
            used += lengths[model];
            note(model, use);
            if (!held.Add(model))
            {
                served += lengths[model];
                continue;
            }

            // What came last may be the first to go.
            bytes += lengths[model];
            foreach (var chosen in bytes > capacity ? choose(held, bytes - capacity) : [])
            {
                held.Remove(chosen);
                bytes -= lengths[chosen];
            }
        }

        return (double)served / used;
    }

    // The lightest, as many as it takes.
    private static IEnumerable<int> Choose<T>(HashSet<int> held, long[] lengths, long over, Func<int, T> weigh) => [.. held.OrderBy(weigh).TakeWhile(model => (over -= lengths[model]) > -lengths[model])];

    private static int[] FindNext(int[] uses, int models)
    {
        var (next, seen) = (new int[uses.Length], Enumerable.Repeat(int.MaxValue, models).ToArray());
        for (var use = uses.Length - 1; use >= 0; use--)
        {
            next[use] = seen[uses[use]];
            seen[uses[use]] = use;
        }

        return next;
    }
}
