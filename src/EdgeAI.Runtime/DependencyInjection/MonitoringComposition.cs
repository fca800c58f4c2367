using System.Diagnostics.Metrics;
using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Monitoring;
using EdgeAI.Monitoring.Actions;
using EdgeAI.Monitoring.Metrics;
using EdgeAI.Storage;
using EdgeAI.Transfers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

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

    /// <summary>Makes an instance's monitor, which goes by what its configuration becomes. Its options have been validated.</summary>
    public static EdgeMonitor CreateMonitor(IServiceProvider provider, string? name, MonitoringOptions options)
    {
        var logger = AppLogging.LoggerOf<EdgeMonitor>(provider);
        var parts = new MonitoringParts(provider, name);
        var monitor = new EdgeMonitor(parts.Make(options), options, provider.GetInstance<InstanceMeter>(name).Meter, provider.GetRequiredService<TimeProvider>(), logger);
        monitor.Reload = new RuleReload(
            ChangesOf(provider, name),
            () => provider.GetRequiredService<IOptionsFactory<EdgeAIOptions>>().Create(name ?? Options.DefaultName).Monitoring,
            (changed, cancellationToken) => monitor.ReplaceAsync(() => parts.Make(changed), changed, cancellationToken),
            logger);
        return monitor;
    }

    // Those of the instance's own configuration, and an app's further ones.
    private static IEnumerable<Func<IChangeToken>> ChangesOf(IServiceProvider provider, string? name) =>
    [
        .. provider.GetServices<InstanceConfiguration>().Where(source => source.Instance == name).Select(source => source.Find(provider)).OfType<IConfiguration>()
            .Select(section => (Func<IChangeToken>)section.GetReloadToken),
        .. provider.GetServices<IOptionsChangeTokenSource<EdgeAIOptions>>().Where(source => (source.Name ?? Options.DefaultName) == (name ?? Options.DefaultName)).Select(source => (Func<IChangeToken>)source.GetChangeToken),
    ];
}
