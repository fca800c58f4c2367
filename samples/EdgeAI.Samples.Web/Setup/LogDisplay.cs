using EdgeAI.Samples.Models;

namespace EdgeAI.Samples.Web.Setup;

/// <summary>Shows what goes on in the log.</summary>
internal sealed partial class LogDisplay(ILogger logger) : IProgressDisplay
{
    public Task ShowProgressAsync(string title, Func<IProgress<double>, Task> work)
    {
        LogBegun(logger, title);
        return work(new Progress<double>());
    }

    [LoggerMessage(1, LogLevel.Information, "{Title}")]
    private static partial void LogBegun(ILogger logger, string title);
}
