namespace EdgeAI.Monitoring;

/// <summary>Something that rules can do. Implement it to add one: <c>AddMonitoringAction&lt;T&gt;("name")</c>.</summary>
/// <remarks>One object for all rules of an instance; calls come one after the other, from a thread of the pool. An action of several rules is begun by each, and ended with the last.</remarks>
public interface IMonitoringAction
{
    /// <summary>Whether it is begun again, after each minimum dwell, while the rule holds: for what does something once, rather than holding something until its end.</summary>
    bool Repeats => false;

    /// <summary>A rule fires.</summary>
    /// <param name="context">The rule, and its reading.</param>
    /// <param name="cancellationToken">Cancels the action: the instance ends.</param>
    /// <returns>What was done, in words, for people.</returns>
    ValueTask<string> BeginAsync(MonitoringContext context, CancellationToken cancellationToken = default);

    /// <summary>The last rule lets go.</summary>
    /// <param name="context">The rule, and its reading.</param>
    /// <param name="cancellationToken">Cancels the action: the instance ends.</param>
    /// <returns>What was done, in words, for people.</returns>
    ValueTask<string> EndAsync(MonitoringContext context, CancellationToken cancellationToken = default) => ValueTask.FromResult("nothing to end");
}
