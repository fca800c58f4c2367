namespace EdgeAI.Memory;

/// <summary>Chooses what to unload: the least loss for each byte that is freed of what is short.</summary>
internal static class EvictionPlan
{
    /// <param name="candidates">What may be unloaded: what each frees, and the loss.</param>
    /// <param name="shortage">What must be freed.</param>
    /// <returns>
    /// The ones to unload, the least loss first. None when not enough private or device bytes can be freed, because what does not make room is unloaded for nothing; mapped bytes are
    /// freed as far as can be.
    /// </returns>
    public static IReadOnlyList<T> Choose<T>(IEnumerable<(T Model, MemoryUse Frees, double Loss)> candidates, MemoryUse shortage)
    {
        var chosen = new List<(T Model, MemoryUse Frees, double Loss)>();
        var freed = default(MemoryUse);
        var useful = candidates
            .Select(candidate => (Candidate: candidate, Helps: HelpsBy(candidate.Frees, shortage)))
            .Where(pair => pair.Helps > 0)
            .OrderBy(pair => pair.Candidate.Loss / pair.Helps);
        foreach (var (candidate, _) in useful)
        {
            if (IsCovered(shortage, freed))
            {
                break;
            }

            chosen.Add(candidate);
            freed += candidate.Frees;
        }

        if (freed.Private < shortage.Private || freed.Device < shortage.Device)
        {
            return [];
        }

        KeepWhatNeedNotGo(chosen, freed, shortage);
        return [.. chosen.Select(candidate => candidate.Model)];
    }

    // A large one that came last often makes small ones before it needless.
    private static void KeepWhatNeedNotGo<T>(List<(T Model, MemoryUse Frees, double Loss)> chosen, MemoryUse freed, MemoryUse shortage)
    {
        if (!IsCovered(shortage, freed))
        {
            return;
        }

        foreach (var candidate in chosen.OrderByDescending(candidate => candidate.Loss).ToArray())
        {
            if (IsCovered(shortage, freed - candidate.Frees))
            {
                chosen.Remove(candidate);
                freed -= candidate.Frees;
            }
        }
    }

    private static bool IsCovered(MemoryUse shortage, MemoryUse freed) =>
        freed.Private >= shortage.Private && freed.Mapped >= shortage.Mapped && freed.Device >= shortage.Device;

    // Only kinds that are short, so that a model that frees what nobody lacks is not taken for it.
    private static long HelpsBy(MemoryUse frees, MemoryUse shortage) =>
        (shortage.Private > 0 ? frees.Private : 0) + (shortage.Mapped > 0 ? frees.Mapped : 0) + (shortage.Device > 0 ? frees.Device : 0);
}
