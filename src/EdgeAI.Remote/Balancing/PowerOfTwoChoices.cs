using EdgeAI.Remote.Protocol;

namespace EdgeAI.Remote.Balancing;

/// <summary>
/// Chooses the better of two endpoints taken by chance: the one whose outstanding work, in time, is less. Nearly as good as the best of all, and not what everybody chooses at once.
/// Source: M. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001.
/// </summary>
internal static class PowerOfTwoChoices
{
    /// <summary>Chooses an endpoint.</summary>
    /// <param name="endpoints">All there are.</param>
    /// <param name="model">The model that is to run.</param>
    /// <param name="tried">Where the run was already; such an endpoint is chosen only when there is no other.</param>
    /// <param name="random">A number from 0 to below its argument.</param>
    /// <returns>Null when there is none at all.</returns>
    public static Endpoint? Choose(IReadOnlyList<Endpoint> endpoints, RemoteModelName model, IReadOnlyCollection<Endpoint> tried, Func<int, int> random)
    {
        // The last resort is one that is not well: whoever comes here has been told, and wants it all the same.
        var best = Find(endpoint => endpoint.Problem is null && !endpoint.Lacks(model) && !tried.Contains(endpoint));
        best = best.Count > 0 ? best : Find(endpoint => endpoint.Problem is null && !endpoint.Lacks(model));
        best = best.Count > 0 ? best : Find(endpoint => endpoint.Problem is null);
        best = best.Count > 0 ? best : Find(endpoint => !endpoint.IsBroken && !tried.Contains(endpoint));
        best = best.Count > 0 ? best : Find(endpoint => !endpoint.IsBroken);
        if (best.Count < 2)
        {
            return best.FirstOrDefault();
        }

        var one = random(best.Count);
        var other = random(best.Count - 1);
        other += other >= one ? 1 : 0;
        var usual = best.Min(endpoint => endpoint.Milliseconds) ?? 1;
        return Cost(best[one], usual) <= Cost(best[other], usual) ? best[one] : best[other];

        List<Endpoint> Find(Func<Endpoint, bool> isWanted) => [.. endpoints.Where(isWanted)];
    }

    private static double Cost(Endpoint endpoint, double usual) => (endpoint.Outstanding + 1) * Math.Max(0.001, endpoint.Milliseconds ?? usual);
}
