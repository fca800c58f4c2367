using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Storage.S3.Tests;

/// <summary>Keeps what is logged, with the whole of each exception.</summary>
internal sealed class CollectingLogger : ILogger<S3Tier>, ILogger<ModelStore>
{
    public ConcurrentQueue<string> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue(formatter(state, exception) + exception);
}
