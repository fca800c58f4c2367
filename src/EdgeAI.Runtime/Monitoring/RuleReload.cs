using EdgeAI.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace EdgeAI.Monitoring;

/// <summary>Reads an instance's rules again when its configuration has changed. What is wrong is told, and the rules stay as they were.</summary>
internal sealed partial class RuleReload : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Func<MonitoringOptions> _read;
    private readonly Func<MonitoringOptions, CancellationToken, ValueTask<int>> _take;
    private readonly ILogger _logger;
    private readonly List<IDisposable> _registrations;
    private Task _working = Task.CompletedTask;

    /// <param name="changes">What tells of changes.</param>
    /// <param name="read">Reads the options as they are now, and checks them.</param>
    /// <param name="take">Goes by them, and says how many rules they have.</param>
    /// <param name="logger">Told what came of it.</param>
    public RuleReload(IEnumerable<Func<IChangeToken>> changes, Func<MonitoringOptions> read, Func<MonitoringOptions, CancellationToken, ValueTask<int>> take, ILogger logger)
    {
        _read = read;
        _take = take;
        _logger = logger;
        _registrations = [.. changes.Select(change => ChangeToken.OnChange(change, Begin))];
    }

    public async ValueTask DisposeAsync()
    {
        _registrations.ForEach(registration => registration.Dispose());
        Task working;
        lock (_lock)
        {
            _end.Cancel();
            working = _working;
        }

        await working.ConfigureAwait(false);
        _end.Dispose();
    }

    // One after the other, so that what was read last counts.
    private void Begin()
    {
        lock (_lock)
        {
            if (!_end.IsCancellationRequested)
            {
                var before = _working;
                _working = Task.Run(() => ReloadAsync(before));
            }
        }
    }

    private async Task ReloadAsync(Task before)
    {
        await before.ConfigureAwait(false);
        try
        {
            LogRead(_logger, await _take(_read(), _end.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The instance ends.
        }
#pragma warning disable CA1031 // Whatever is wrong with a configuration that somebody edits must not end the app; the log tells.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogWrong(_logger, exception);
        }
    }

    [LoggerMessage(7, LogLevel.Information, "The configuration has changed; {Count} rule(s) are watched.")]
    private static partial void LogRead(ILogger logger, int count);

    [LoggerMessage(8, LogLevel.Error, "The configuration has changed, and is wrong; the rules stay as they were.")]
    private static partial void LogWrong(ILogger logger, Exception exception);
}
