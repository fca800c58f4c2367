using EdgeAI.Inference;

namespace EdgeAI.Monitoring.Actions;

/// <summary>Refuses runs of low priority, until it ends.</summary>
internal sealed class ShedLoadAction(IInferenceEngine engine) : IMonitoringAction
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    public ValueTask<string> BeginAsync(MonitoringContext context, CancellationToken cancellationToken = default)
    {
        if (engine is not IEngineControl control)
        {
            return ValueTask.FromResult("nothing, because the engine is an app's own that can't be told to");
        }

        // The rule holds at least so long.
        control.ShedsFor = context.Rule.MinimumDwell > Shortest ? context.Rule.MinimumDwell : Shortest;
        return ValueTask.FromResult("runs of low priority are refused");
    }

    public ValueTask<string> EndAsync(MonitoringContext context, CancellationToken cancellationToken = default)
    {
        if (engine is IEngineControl control)
        {
            control.ShedsFor = null;
        }

        return ValueTask.FromResult("runs of all priorities are taken");
    }
}
