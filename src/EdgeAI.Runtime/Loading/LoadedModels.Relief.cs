using EdgeAI.Memory;

namespace EdgeAI.Loading;

/// <summary>Memory that is given back because somebody wants less of it in use.</summary>
internal sealed partial class LoadedModels
{
    /// <summary>Swaps models out that run nothing, one after the other, until it is enough or there is none left.</summary>
    /// <param name="isEnough">Is asked before each.</param>
    /// <param name="cancellationToken">Cancels between two.</param>
    /// <returns>What was swapped out.</returns>
    public async ValueTask<IReadOnlyList<LoadedModel>> SwapOutIdleAsync(Func<MemoryReport, ValueTask<bool>> isEnough, CancellationToken cancellationToken)
    {
        var swapped = new List<LoadedModel>();
        var tried = new HashSet<SharedModel>();
        while (!await isEnough(Report()).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (NextIdle(tried) is not var (model, before))
            {
                break;
            }

            tried.Add(model);
            if (await TrySwapOutAsync(model, cancellationToken).ConfigureAwait(false))
            {
                swapped.Add(before);
            }
        }

        return swapped;
    }

    private async ValueTask<bool> TrySwapOutAsync(SharedModel model, CancellationToken cancellationToken)
    {
        try
        {
            return await SwapOutAsync(model, cancellationToken).ConfigureAwait(false);
        }
        catch (ModelPinnedException)
        {
            // Since a moment ago.
            return false;
        }
    }

    // A lease is a right to run, not to memory: who holds one pays with a load for what nobody held could not bring.
    private (SharedModel Model, LoadedModel Before)? NextIdle(HashSet<SharedModel> tried)
    {
        lock (_lock)
        {
            var next = _models.Values
                .Where(model => model is { Pins: 0, Load: null, Leaving: null, Gate.IsIdle: true } && model.Charge.Total > 0 && !tried.Contains(model))
                .OrderBy(model => model.Holders > 0)
                .ThenBy(model => model.Profile.ReadLoss(_time) / Math.Max(1, model.Charge.Total))
                .FirstOrDefault();
            return next is null ? null : (next, Describe(next));
        }
    }
}
