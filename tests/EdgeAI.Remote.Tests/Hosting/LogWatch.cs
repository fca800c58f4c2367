using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Remote.Tests.Hosting;

/// <summary>Keeps what is logged, and lets a test wait for a line.</summary>
internal sealed class LogWatch : ILoggerProvider, ILogger
{
    private readonly Lock _lock = new();
    private readonly List<(string Text, TaskCompletionSource Seen)> _waits = [];

    public ConcurrentQueue<string> Lines { get; } = [];

    /// <summary>Completes with the next line that holds a text, from this call on.</summary>
    public Task NextAsync(string text)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waits.Add((text, seen));
        }

        return seen.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = formatter(state, exception) + exception;
        Lines.Enqueue(line);
        lock (_lock)
        {
            foreach (var wait in _waits.Where(wait => line.Contains(wait.Text, StringComparison.Ordinal)))
            {
                wait.Seen.TrySetResult();
            }
        }
    }

    public void Dispose()
    {
    }
}
