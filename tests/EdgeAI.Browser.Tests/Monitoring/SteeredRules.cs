using EdgeAI.Configuration;
using EdgeAI.Monitoring;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeAI.Browser.Tests.Monitoring;

/// <summary>A rule about a metric of the app's own.</summary>
internal static class SteeredRules
{
    public static void Add(IEdgeAIBuilder edge)
    {
        edge.Services.AddSingleton<Dial>();
        edge.AddMonitoringMetric<SteeredMetric>("room_noise", MonitoringUnit.Count)
            .AddMonitoringRule("room_noise", "50", "notify", rule => rule.MinimumDwell = "0s")
            .AddMonitoringRule("memory_usage", "90%", "trigger_model_swap");
    }
}
