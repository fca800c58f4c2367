using EdgeAI.Configuration;
using EdgeAI.Monitoring;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeAI.DependencyInjection;

/// <summary>The metrics and actions of an instance's rules: each is made when the first rule wants it, and serves all of them, those of later configurations too. Calls come one after the other.</summary>
internal sealed class MonitoringParts(IServiceProvider provider, string? name)
{
    private readonly MetricRegistration[] _metrics = [.. provider.GetServices<MetricRegistration>().Where(part => part.Instance == name)];
    private readonly ActionRegistration[] _actions = [.. provider.GetServices<ActionRegistration>().Where(part => part.Instance == name)];
    private readonly TimeProvider _time = provider.GetRequiredService<TimeProvider>();
    private readonly Dictionary<string, IMonitoringMetric> _madeMetrics = [];
    private readonly Dictionary<string, IMonitoringAction> _madeActions = [];

    /// <summary>Makes the rules of options that have been validated.</summary>
    public List<WatchedRule> Make(MonitoringOptions options)
    {
        var rules = new List<WatchedRule>();
        foreach (var rule in new RuleReader(_metrics, _actions).Read(options, out _))
        {
            // Of one name the last counts: an app's own comes after ours.
            var metric = _madeMetrics.TryGetValue(rule.Metric, out var read) ? read : _madeMetrics[rule.Metric] = _metrics.Last(part => part.Name == rule.Metric).Create(provider);
            var action = _madeActions.TryGetValue(rule.Action, out var done) ? done : _madeActions[rule.Action] = _actions.Last(part => part.Name == rule.Action).Create(provider);
            metric.Watch(rule);
            rules.Add(new WatchedRule(rule, metric, action, _time));
        }

        return rules;
    }
}
