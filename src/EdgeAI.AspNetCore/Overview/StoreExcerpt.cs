using EdgeAI.Models;
using EdgeAI.Storage;

namespace EdgeAI.AspNetCore.Overview;

/// <summary>The models of a store that a visitor looks at, and what concerns them.</summary>
internal sealed class StoreExcerpt
{
    /// <param name="store">The store.</param>
    /// <param name="contains">What the names contain; empty for any.</param>
    /// <param name="most">How many models at most.</param>
    public StoreExcerpt(StoreOverview store, string contains, int most)
    {
        var matching = store.Models.Where(model => model.Reference.ToString().Contains(contains, StringComparison.OrdinalIgnoreCase)).ToArray();
        Matching = matching.Length;
        Models = [.. matching.Take(most)];
        var references = Models.Select(model => model.Reference).ToHashSet();
        var digests = Models.Select(model => model.Digest).ToHashSet();
        Placements = [.. store.Placements.Where(placement => references.Contains(placement.Model))];
        Backlog = [.. store.Backlog.Entries.Where((entry, i) => i < most || digests.Contains(entry.Digest))];
    }

    /// <summary>How many models match.</summary>
    public int Matching { get; }

    public IReadOnlyList<ModelInfo> Models { get; }

    public IReadOnlyList<ModelPlacement> Placements { get; }

    public IReadOnlyList<BacklogEntry> Backlog { get; }
}
