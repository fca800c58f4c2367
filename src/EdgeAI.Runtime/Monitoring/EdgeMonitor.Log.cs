using Microsoft.Extensions.Logging;

namespace EdgeAI.Monitoring;

/// <summary>What a monitor logs.</summary>
internal sealed partial class EdgeMonitor
{
    private void Log(MonitoringEvent told)
    {
        var reading = told.Reading is { } value ? new MonitoringQuantity(value, told.Rule.Threshold.Unit).ToString() : "nothing";
        if (told.Error is not null)
        {
            LogFailed(_logger, told.Rule, told.Kind, reading, told.Error);
        }
        else if (told.Kind == MonitoringEventKind.Cleared)
        {
            LogCleared(_logger, told.Rule, reading, told.Outcome);
        }
        else
        {
            LogFired(_logger, told.Rule, told.Kind, reading, told.Outcome);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The rule '{Rule}' {Kind} at {Reading}: {Outcome}.")]
    private static partial void LogFired(ILogger logger, MonitoringRule rule, MonitoringEventKind kind, string reading, string outcome);

    [LoggerMessage(2, LogLevel.Information, "The rule '{Rule}' let go at {Reading}: {Outcome}.")]
    private static partial void LogCleared(ILogger logger, MonitoringRule rule, string reading, string outcome);

    [LoggerMessage(3, LogLevel.Error, "The action of the rule '{Rule}' ({Kind} at {Reading}) failed.")]
    private static partial void LogFailed(ILogger logger, MonitoringRule rule, MonitoringEventKind kind, string reading, Exception exception);

    [LoggerMessage(4, LogLevel.Warning, "The metric of the rule '{Rule}' could not be read; the rule stays as it is.")]
    private static partial void LogNoReading(ILogger logger, MonitoringRule rule, Exception exception);

    [LoggerMessage(5, LogLevel.Error, "A handler of monitoring events failed.")]
    private static partial void LogHandlerFailed(ILogger logger, Exception exception);
}
