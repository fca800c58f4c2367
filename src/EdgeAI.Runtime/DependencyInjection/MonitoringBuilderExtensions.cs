using System.Diagnostics.CodeAnalysis;
using EdgeAI.Configuration;
using EdgeAI.Monitoring;

#pragma warning disable IDE0130 // Where users of dependency injection look for Add… methods.
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>Says what an EdgeAI instance watches, and what it does about it.</summary>
public static class MonitoringBuilderExtensions
{
    /// <summary>Sets how the instance is watched, rules among it.</summary>
    /// <param name="builder">The instance.</param>
    /// <param name="configure">Sets options, after those from the app's configuration.</param>
    /// <returns>The same builder.</returns>
    public static IEdgeAIBuilder AddMonitoring(this IEdgeAIBuilder builder, Action<MonitoringOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return builder.Configure(options => configure(options.Monitoring));
    }

    /// <summary>Adds a rule: while a metric reads more than a threshold, an action holds.</summary>
    /// <param name="builder">The instance.</param>
    /// <param name="metric">The metric, such as <see cref="MonitoringMetrics.StorageLatency"/>.</param>
    /// <param name="threshold">What is too much, such as <c>50ms</c> or <c>90%</c>.</param>
    /// <param name="action">What is done, such as <see cref="MonitoringActions.SwitchToBackupStorage"/>.</param>
    /// <param name="configure">Sets the rule's window, percentile and so on, or null.</param>
    /// <returns>The same builder.</returns>
    public static IEdgeAIBuilder AddMonitoringRule(this IEdgeAIBuilder builder, string metric, string threshold, string action, Action<MonitoringRuleOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(metric);
        ArgumentException.ThrowIfNullOrEmpty(threshold);
        ArgumentException.ThrowIfNullOrEmpty(action);
        var rule = new MonitoringRuleOptions { Name = metric, Threshold = threshold, Action = action };
        configure?.Invoke(rule);
        return builder.AddMonitoring(options => options.Metrics.Add(rule));
    }

    /// <summary>Adds something that rules can do.</summary>
    /// <typeparam name="TAction">The action; made by the app's services when a rule wants it.</typeparam>
    /// <param name="builder">The instance.</param>
    /// <param name="name">Its name in rules. That of a built-in one puts this in its place.</param>
    /// <returns>The same builder.</returns>
    public static IEdgeAIBuilder AddMonitoringAction<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TAction>(this IEdgeAIBuilder builder, string name)
        where TAction : class, IMonitoringAction
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        builder.Services.AddSingleton(new ActionRegistration(builder.Name, name, provider => ActivatorUtilities.CreateInstance<TAction>(provider)));
        return builder;
    }

    /// <summary>Adds something that rules can be about.</summary>
    /// <typeparam name="TMetric">The metric; made by the app's services when a rule is about it.</typeparam>
    /// <param name="builder">The instance.</param>
    /// <param name="name">Its name in rules. That of a built-in one puts this in its place.</param>
    /// <param name="unit">What thresholds for it are written in.</param>
    /// <param name="others">Further units that they may be written in; the rule that is read says which it is.</param>
    /// <returns>The same builder.</returns>
    public static IEdgeAIBuilder AddMonitoringMetric<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TMetric>(
        this IEdgeAIBuilder builder, string name, MonitoringUnit unit, params MonitoringUnit[] others)
        where TMetric : class, IMonitoringMetric =>
        builder.AddMonitoringMetric(name, static provider => ActivatorUtilities.CreateInstance<TMetric>(provider), unit, others);

    /// <summary>Adds something that rules can be about.</summary>
    /// <param name="builder">The instance.</param>
    /// <param name="name">Its name in rules. That of a built-in one puts this in its place.</param>
    /// <param name="create">Makes it from the app's services, when a rule is about it.</param>
    /// <param name="unit">What thresholds for it are written in.</param>
    /// <param name="others">Further units that they may be written in; the rule that is read says which it is.</param>
    /// <returns>The same builder.</returns>
    public static IEdgeAIBuilder AddMonitoringMetric(
        this IEdgeAIBuilder builder, string name, Func<IServiceProvider, IMonitoringMetric> create, MonitoringUnit unit, params MonitoringUnit[] others)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(create);
        ArgumentNullException.ThrowIfNull(others);
        builder.Services.AddSingleton(new MetricRegistration(builder.Name, name, [unit, .. others], create));
        return builder;
    }
}
