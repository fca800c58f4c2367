using System.Globalization;
using EdgeAI.Configuration;

namespace EdgeAI.Monitoring;

/// <summary>Understands rules as they are written, or says what is wrong with them and what would be right.</summary>
internal sealed class RuleReader
{
    private static readonly TimeSpan LongestWindow = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestDwell = TimeSpan.FromDays(1);
    private static readonly MonitoringUnit[] Time = [MonitoringUnit.Seconds];
    private static readonly MonitoringUnit[] Share = [MonitoringUnit.Share];

    private readonly Dictionary<string, IReadOnlyList<MonitoringUnit>> _metrics = new(StringComparer.OrdinalIgnoreCase);
    private readonly SortedSet<string> _actions = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="metrics">The metrics that there are.</param>
    /// <param name="actions">The actions that there are.</param>
    public RuleReader(IEnumerable<MetricRegistration> metrics, IEnumerable<ActionRegistration> actions)
    {
        foreach (var metric in metrics)
        {
            _metrics[metric.Name] = metric.Units;
        }

        _actions.UnionWith(actions.Select(action => action.Name));
    }

    /// <summary>Reads all rules.</summary>
    /// <param name="options">How they are written.</param>
    /// <param name="problems">What is wrong: in which rule, and what.</param>
    public List<MonitoringRule> Read(MonitoringOptions options, out List<string> problems)
    {
        var rules = new List<MonitoringRule>();
        var found = new List<string>();
        for (var i = 0; i < options.Metrics.Count; i++)
        {
            var before = found.Count;
            var rule = Read(options.Metrics[i], options.DryRun, problem => found.Add($"Metrics:{i}: {problem}"));
            if (found.Count == before)
            {
                rules.Add(rule!);
            }
        }

        problems = found;
        return rules;
    }

    private MonitoringRule? Read(MonitoringRuleOptions written, bool isDryRun, Action<string> problem)
    {
        if (!_actions.TryGetValue(written.Action, out var action))
        {
            problem($"there is no action '{written.Action}'; the actions are {string.Join(", ", _actions)}.");
        }

        if (_metrics.Keys.FirstOrDefault(name => name.Equals(written.Name, StringComparison.OrdinalIgnoreCase)) is not { } metric)
        {
            problem($"there is no metric '{written.Name}'; the metrics are {string.Join(", ", _metrics.Keys.Order(StringComparer.Ordinal))}.");
            return null;
        }

        if (!MonitoringQuantity.TryParse(written.Threshold, _metrics[metric], out var threshold))
        {
            problem($"the threshold '{written.Threshold}' is none for {metric}: write {string.Join(", or ", _metrics[metric].Select(MonitoringQuantity.Describe))}.");
            return null;
        }

        if (written.Percentile is <= 0 or > 100 or double.NaN)
        {
            problem(string.Create(CultureInfo.InvariantCulture, $"Percentile is {written.Percentile}; it must be more than 0 and at most 100."));
        }

        if (written.MinimumSamples < 1)
        {
            problem(string.Create(CultureInfo.InvariantCulture, $"MinimumSamples is {written.MinimumSamples}; it must be 1 or more."));
        }

        return new MonitoringRule(metric, threshold, action ?? written.Action)
        {
            Percentile = written.Percentile ?? 95,
            Window = ReadTime(nameof(written.Window), written.Window ?? "10s", TimeSpan.FromSeconds(1), LongestWindow, problem),
            MinimumDwell = ReadTime(nameof(written.MinimumDwell), written.MinimumDwell ?? "30s", TimeSpan.Zero, LongestDwell, problem),
            ClearsAt = ReadClearsAt(written.Hysteresis ?? "10%", threshold, problem),
            MinimumSamples = written.MinimumSamples,
            IsDryRun = written.DryRun ?? isDryRun,
        };
    }

    private static TimeSpan ReadTime(string name, string text, TimeSpan least, TimeSpan most, Action<string> problem)
    {
        if (MonitoringQuantity.TryParse(text, Time, out var read) && read.Value >= least.TotalSeconds && read.Value <= most.TotalSeconds)
        {
            return TimeSpan.FromSeconds(read.Value);
        }

        problem($"{name} is '{text}'; write {MonitoringQuantity.Describe(MonitoringUnit.Seconds)}, from {least.TotalSeconds:0} s to {most.TotalSeconds:0} s.");
        return most;
    }

    // A share of a share is ambiguous in words, and not here: '5%' of the threshold '90%' lets go at 85.5 %.
    private static double ReadClearsAt(string text, MonitoringQuantity threshold, Action<string> problem)
    {
        double? amount = MonitoringQuantity.TryParse(text, Share, out var share) ? threshold.Value * share.Value
            : MonitoringQuantity.TryParse(text, [threshold.Unit], out var absolute) ? absolute.Value
            : null;
        if (amount is { } less && (less < threshold.Value || less == 0))
        {
            return threshold.Value - less;
        }

        problem($"Hysteresis is '{text}'; write a share of the threshold such as '10%', or {MonitoringQuantity.Describe(threshold.Unit)}, less than the threshold {threshold}.");
        return threshold.Value;
    }
}
