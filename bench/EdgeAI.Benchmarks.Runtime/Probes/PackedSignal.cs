using Microsoft.Extensions.Logging;

namespace EdgeAI.Benchmarks.Runtime.Probes;

/// <summary>Hears from the log that a model runs on packed weights.</summary>
internal sealed class PackedSignal : ILoggerFactory, ILogger
{
    private const string Said = "packed weights from now on";

    private readonly TaskCompletionSource _packed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Packed => _packed.Task;

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (formatter(state, exception).Contains(Said, StringComparison.Ordinal))
        {
            _packed.TrySetResult();
        }

        if (logLevel >= LogLevel.Warning)
        {
            _packed.TrySetException(new InvalidOperationException(formatter(state, exception), exception));
        }
    }

    public void AddProvider(ILoggerProvider provider)
    {
        // There is nobody else to tell.
    }

    public void Dispose()
    {
        // Nothing is held.
    }
}
