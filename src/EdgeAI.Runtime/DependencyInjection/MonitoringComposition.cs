using System.Diagnostics.Metrics;
using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Monitoring;
using EdgeAI.Monitoring.Actions;
using EdgeAI.Monitoring.Metrics;
using EdgeAI.Storage;
using EdgeAI.Transfers;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeAI.DependencyInjection;

/// <summary>What rules can be about and do without an app's own, and how an instance's monitor is put together.</summary>
internal static class MonitoringComposition
{
    /// <summary>Adds the built-in metrics and actions of an instance.</summary>
    public static void AddMonitoringParts(this IServiceCollection services, string? name)
    {
        Metric(MonitoringMetrics.StorageLatency, [MonitoringUnit.Seconds], provider => new StorageLatencyMetric(Store(provider), Meter(provider), Time(provider), AppLogging.LoggerOf<EdgeMonitor>(provider)));
        Metric(MonitoringMetrics.MemoryUsage, [MonitoringUnit.Share, MonitoringUnit.Bytes], provider => new MemoryUsageMetric(Engine(provider)));
        Metric(MonitoringMetrics.DiskUsage, [MonitoringUnit.Share, MonitoringUnit.Bytes], provider => new DiskUsageMetric(Store(provider)));
        Metric(MonitoringMetrics.QueueDepth, [MonitoringUnit.Count], provider => new QueueDepthMetric(Engine(provider)));
        Metric(MonitoringMetrics.ErrorRate, [MonitoringUnit.Share], provider => new ErrorRateMetric(Meter(provider), Time(provider)));
        Metric(MonitoringMetrics.InferenceLatency, [MonitoringUnit.Seconds], provider => new InferenceLatencyMetric(Meter(provider), Time(provider)));
        Metric(MonitoringMetrics.OutboxAge, [MonitoringUnit.Seconds], provider => new OutboxAgeMetric(Store(provider), Time(provider)));
        Metric(MonitoringMetrics.Temperature, [MonitoringUnit.Celsius], _ => new TemperatureMetric());
        Action(MonitoringActions.SwitchToBackupStorage, provider => new SwitchToBackupStorageAction(Store(provider)));
        Action(MonitoringActions.TriggerModelSwap, provider => new TriggerModelSwapAction(Engine(provider)));
        Action(MonitoringActions.DemoteModels, provider => new DemoteModelsAction(Store(provider)));
        Action(MonitoringActions.ShedLoad, provider => new ShedLoadAction(Engine(provider)));
        Action(MonitoringActions.OffloadToCluster, provider => new OffloadToClusterAction(Engine(provider)));
        Action(MonitoringActions.PauseBackground, provider => new PauseBackgroundAction(provider.GetInstance<ITransferScheduler>(name)));
        Action(MonitoringActions.Notify, _ => new NotifyAction());

        void Metric(string metric, MonitoringUnit[] units, Func<IServiceProvider, IMonitoringMetric> create) => services.AddSingleton(new MetricRegistration(name, metric, units, create));
        void Action(string action, Func<IServiceProvider, IMonitoringAction> create) => services.AddSingleton(new ActionRegistration(name, action, create));
        IModelStore Store(IServiceProvider provider) => provider.GetInstance<IModelStore>(name);
        IInferenceEngine Engine(IServiceProvider provider) => provider.GetInstance<IInferenceEngine>(name);
        Meter Meter(IServiceProvider provider) => provider.GetInstance<InstanceMeter>(name).Meter;
        TimeProvider Time(IServiceProvider provider) => provider.GetRequiredService<TimeProvider>();
    }

    /// <summary>Makes an instance's monitor. Its options have been validated.</summary>
    public static EdgeMonitor CreateMonitor(IServiceProvider provider, string? name, MonitoringOptions options)
    {
        var (metrics, actions) = (Find<MetricRegistration>(provider, part => part.Instance == name), Find<ActionRegistration>(provider, part => part.Instance == name));
        var (time, logger) = (provider.GetRequiredService<TimeProvider>(), AppLogging.LoggerOf<EdgeMonitor>(provider));
        var made = (Metrics: new Dictionary<string, IMonitoringMetric>(), Actions: new Dictionary<string, IMonitoringAction>());
        var rules = new List<WatchedRule>();
        foreach (var rule in new RuleReader(metrics, actions).Read(options, out _))
        {
            // Of one name the last counts: an app's own comes after ours.
            var metric = made.Metrics.TryGetValue(rule.Metric, out var read) ? read : made.Metrics[rule.Metric] = metrics.Last(part => part.Name == rule.Metric).Create(provider);
            var action = made.Actions.TryGetValue(rule.Action, out var done) ? done : made.Actions[rule.Action] = actions.Last(part => part.Name == rule.Action).Create(provider);
            metric.Watch(rule);
            rules.Add(new WatchedRule(rule, metric, action, time));
        }

        return new EdgeMonitor(rules, options, provider.GetInstance<InstanceMeter>(name).Meter, time, logger);
    }

    private static T[] Find<T>(IServiceProvider provider, Func<T, bool> isOfInstance) => [.. provider.GetServices<T>().Where(isOfInstance)];
}
