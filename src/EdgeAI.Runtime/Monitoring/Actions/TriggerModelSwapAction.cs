using EdgeAI.Inference;

namespace EdgeAI.Monitoring.Actions;

/// <summary>Swaps models out that run nothing, until the reading is low enough.</summary>
internal sealed class TriggerModelSwapAction(IInferenceEngine engine) : IMonitoringAction
{
    public bool Repeats => true;

    public async ValueTask<string> BeginAsync(MonitoringContext context, CancellationToken cancellationToken = default)
    {
        if (engine is not IEngineControl control)
        {
            return "nothing, because the engine is an app's own that can't be told to";
        }

        var swapped = await control.SwapOutIdleAsync(
            async _ => await context.ReadAgainAsync(cancellationToken).ConfigureAwait(false) is var reading && !(reading > context.Rule.ClearsAt),
            cancellationToken).ConfigureAwait(false);
        return swapped.Count == 0
            ? "nothing, because every model in memory runs or is pinned"
            : $"swapped out {string.Join(", ", swapped.Select(model => $"{model.Reference} ({model.Memory})"))}";
    }
}
