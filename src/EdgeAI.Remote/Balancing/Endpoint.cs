using System.Collections.Concurrent;
using EdgeAI.Remote.Configuration;
using EdgeAI.Remote.Discovery;
using EdgeAI.Remote.Protocol;
using EdgeAI.Remote.Transports;
using Polly;
using Polly.CircuitBreaker;

namespace EdgeAI.Remote.Balancing;

/// <summary>A server of a cluster: what it has to do, how long it takes, and whether it is well. Thread-safe.</summary>
internal sealed class Endpoint : IDisposable
{
    private const double NewShare = 0.25;
    private const int FailedChecksUntilGone = 2;

    // A server that is not asked has no way to show that it has become faster.
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MissingFor = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<RemoteModelName, long> _missing = [];
    private readonly CircuitBreakerStateProvider _breakerState = new();
    private CancellationTokenSource _gone = new();
    private string? _problem;
    private EndpointRest? _rest;
    private int _failedChecks;
    private int _outstanding;
    private double _milliseconds;
    private long _measuredAt;
    private bool _isRetired;

    public Endpoint(EndpointAddress address, IInferenceTransport transport, RemoteClusterOptions options, TimeProvider time)
    {
        Address = address;
        Transport = transport;
        _time = time;
        Breaker = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = options.BreakerFailureRatio,
                MinimumThroughput = options.BreakerMinimumRuns,
                SamplingDuration = options.BreakerWindow,
                BreakDuration = options.BreakerPause,
                StateProvider = _breakerState,
                ShouldHandle = static arguments => new(arguments.Outcome.Exception is RemoteCallException { IsEndpointsFault: true }),
            })
            .Build();
    }

    public EndpointAddress Address { get; }

    public IInferenceTransport Transport { get; }

    /// <summary>Counts failures, and lets nothing through when there are too many.</summary>
    public ResiliencePipeline Breaker { get; }

    /// <summary>Whether the breaker lets nothing through until a health check has succeeded.</summary>
    public bool IsBroken => _breakerState.CircuitState is CircuitState.Open or CircuitState.Isolated;

    /// <summary>Whether the breaker has been open and not closed since.</summary>
    public bool IsDoubted => _breakerState.CircuitState != CircuitState.Closed;

    /// <summary>Why it gets no runs; null when it does.</summary>
    public string? Problem => Volatile.Read(ref _problem) ?? (IsDoubted ? "too many of its runs failed" : Rest?.Problem);

    /// <summary>What it answered for which it is left alone now, and for how long it still is; null when it is not.</summary>
    public RemoteCallException? Resting => Rest is { } rest
        ? new RemoteCallException(rest.Failure.Kind, rest.Failure.Message, rest.Failure) { RetryAfter = _time.GetElapsedTime(_time.GetTimestamp(), rest.Until) }
        : null;

    private EndpointRest? Rest => Volatile.Read(ref _rest) is { } rest && rest.Until > _time.GetTimestamp() ? rest : null;

    /// <summary>How many runs it has.</summary>
    public int Outstanding => Volatile.Read(ref _outstanding);

    /// <summary>Cancelled when the server is found to be gone: runs there will have no answer.</summary>
    public CancellationToken Gone
    {
        get
        {
            lock (_lock)
            {
                return _gone.Token;
            }
        }
    }

    /// <summary>How long a run takes there, in milliseconds; null when none was measured lately.</summary>
    public double? Milliseconds
    {
        get
        {
            lock (_lock)
            {
                return _measuredAt != 0 && _time.GetElapsedTime(_measuredAt) < Memory ? _milliseconds : null;
            }
        }
    }

    public bool Lacks(RemoteModelName model) => _missing.TryGetValue(model, out var at) && _time.GetElapsedTime(at) < MissingFor;

    public void NoteMissing(RemoteModelName model) => _missing[model] = _time.GetTimestamp();

    /// <summary>It is to be left alone for a while.</summary>
    /// <returns>Whether it was not already.</returns>
    public bool NoteRest(RemoteCallException failure, TimeSpan time)
    {
        var wasWell = Problem is null;
        Volatile.Write(ref _rest, new EndpointRest(failure, _time.GetTimestamp() + (long)(time.TotalSeconds * _time.TimestampFrequency)));
        return wasWell;
    }

    public void Enter() => Interlocked.Increment(ref _outstanding);

    /// <summary>Ends a run.</summary>
    public void Exit()
    {
        if (Interlocked.Decrement(ref _outstanding) == 0 && Volatile.Read(ref _isRetired))
        {
            Dispose();
        }
    }

    /// <summary>Notes how long a run took, from its start to its end or to where it was left.</summary>
    public void NoteDuration(TimeSpan duration)
    {
        lock (_lock)
        {
            var isKnown = _measuredAt != 0 && _time.GetElapsedTime(_measuredAt) < Memory;
            _milliseconds = isKnown ? _milliseconds + ((duration.TotalMilliseconds - _milliseconds) * NewShare) : duration.TotalMilliseconds;
            _measuredAt = _time.GetTimestamp();
        }
    }

    /// <summary>A health check succeeded.</summary>
    /// <returns>Whether it was not well before.</returns>
    public bool NoteWell()
    {
        lock (_lock)
        {
            _failedChecks = 0;
            return Interlocked.Exchange(ref _problem, null) is not null;
        }
    }

    /// <summary>A run or a health check failed in a way that says that the server can't do any.</summary>
    /// <returns>Whether it was well before.</returns>
    public bool NoteDown(string problem) => Interlocked.Exchange(ref _problem, problem) is null;

    /// <summary>A health check had no answer in time. After two the runs that wait there are told.</summary>
    /// <returns>Whether it was well before.</returns>
    public bool NoteSilent(string problem)
    {
        CancellationTokenSource? gone = null;
        bool wasWell;
        lock (_lock)
        {
            if (++_failedChecks < FailedChecksUntilGone)
            {
                return false;
            }

            wasWell = NoteDown(problem);
            (gone, _gone) = (_gone, new CancellationTokenSource());
        }

        // Who waits there goes on elsewhere, on threads of their own. The source has no timer, so that it needs no disposal.
        _ = gone.CancelAsync();
        return wasWell;
    }

    /// <summary>Gets no further runs; those that go on are finished.</summary>
    public void Retire()
    {
        Volatile.Write(ref _isRetired, true);
        if (Outstanding == 0)
        {
            Dispose();
        }
    }

    public void Dispose() => Transport.Dispose();

    public override string ToString() => Address.ToString();
}
