using EdgeAI.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Runtime.Tests.Providers.Onnx;

/// <summary>Completes when a text is logged, on whatever level; a warning makes it fail.</summary>
internal sealed class LogSignal(string text) : ILoggerProvider, ILogger
{
    private readonly TaskCompletionSource _logged = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Logged => _logged.Task;

    public void AddTo(IEdgeAIBuilder builder) => builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(this));

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var message = formatter(state, exception);
        if (logLevel >= LogLevel.Warning)
        {
            _logged.TrySetException(new InvalidOperationException(message, exception));
        }
        else if (message.Contains(text, StringComparison.Ordinal))
        {
            _logged.TrySetResult();
        }
    }

    public void Dispose()
    {
        // Nothing is held.
    }
}
