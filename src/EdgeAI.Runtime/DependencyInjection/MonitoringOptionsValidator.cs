using EdgeAI.Configuration;
using EdgeAI.Monitoring;
using Microsoft.Extensions.Options;

namespace EdgeAI.DependencyInjection;

/// <summary>Reads rules at the app's start, with the metrics and actions that its instance has.</summary>
internal sealed class MonitoringOptionsValidator(IEnumerable<MetricRegistration> metrics, IEnumerable<ActionRegistration> actions) : IValidateOptions<EdgeAIOptions>
{
    public ValidateOptionsResult Validate(string? name, EdgeAIOptions options)
    {
        var instance = string.IsNullOrEmpty(name) ? null : name;
        new RuleReader(metrics.Where(metric => metric.Instance == instance), actions.Where(action => action.Instance == instance)).Read(options.Monitoring, out var problems);
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems.Select(problem => $"EdgeAI:Monitoring:{problem}"));
    }
}
