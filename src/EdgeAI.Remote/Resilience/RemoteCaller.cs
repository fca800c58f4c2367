using EdgeAI.Remote.Balancing;
using EdgeAI.Remote.Configuration;
using EdgeAI.Remote.Protocol;
using EdgeAI.Remote.Transports;
using Polly;
using Polly.CircuitBreaker;
using Polly.Hedging;
using Polly.Retry;

namespace EdgeAI.Remote.Resilience;

/// <summary>Calls a cluster: chooses an endpoint, tries again where that is safe, and asks a second one when the first takes unusually long. Thread-safe.</summary>
internal sealed class RemoteCaller
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    // A key is not changed often, and not by trying; a server that wants to be left alone for longer than this is tried all the same.
    private static readonly TimeSpan DeniedFor = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(10);

    private readonly EndpointPool _pool;
    private readonly RemoteClusterOptions _options;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline _retry;
    private readonly ResiliencePipeline<InferReply>? _hedging;

    public RemoteCaller(EndpointPool pool, RemoteClusterOptions options, TimeProvider time)
    {
        _pool = pool;
        _options = options;
        _time = time;
        _retry = options.MaxRetries == 0 ? ResiliencePipeline.Empty : new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = options.MaxRetries,
                ShouldHandle = arguments => new(MayRetry(arguments.Context, arguments.Outcome.Exception)),
                DelayGenerator = arguments => new(PauseBefore(arguments.Context, arguments.Outcome.Exception, arguments.AttemptNumber)),
            })
            .Build();
        _hedging = options.HedgingPercentile is not { } percentile ? null : new ResiliencePipelineBuilder<InferReply> { TimeProvider = time }
            .AddHedging(new HedgingStrategyOptions<InferReply>
            {
                MaxHedgedAttempts = 1,
                ShouldHandle = arguments => new(MayRetry(arguments.Context, arguments.Outcome.Exception)),
                DelayGenerator = arguments => new(RunOf(arguments.Context).Latencies?.Percentile(percentile) ?? Timeout.InfiniteTimeSpan),
            })
            .Build();
    }

    /// <summary>Runs a model.</summary>
    /// <exception cref="RemoteCallException">It failed, with all tries.</exception>
    public Task<InferReply> InferAsync(InferRequest request, RemoteRun run, CancellationToken cancellationToken) => CallAsync(
        run,
        (endpoint, token) => endpoint.Transport.InferAsync(request, run.Left(_time), token),
        run.Latencies is null ? null : _hedging,
        cancellationToken);

    /// <summary>Makes another call about a model.</summary>
    /// <exception cref="RemoteCallException">It failed, with all tries.</exception>
    public Task<T> CallAsync<T>(RemoteRun run, Func<IInferenceTransport, CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken) =>
        CallAsync<T>(run, (endpoint, token) => call(endpoint.Transport, token), null, cancellationToken);

    private async Task<T> CallAsync<T>(RemoteRun run, Func<Endpoint, CancellationToken, ValueTask<T>> call, ResiliencePipeline<T>? hedging, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            context.Properties.Set(RemoteRun.Key, run);
            return await _retry.ExecuteAsync(
                static (context, state) => state.Hedging is { } hedging
                    ? hedging.ExecuteAsync(static (inner, state) => state.Caller.TryAsync(RunOf(inner), state.Call, inner.CancellationToken), context, state)
                    : state.Caller.TryAsync(RunOf(context), state.Call, context.CancellationToken),
                context,
                (Caller: this, Call: call, Hedging: hedging)).ConfigureAwait(false);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static RemoteRun RunOf(ResilienceContext context) => context.Properties.GetValue(RemoteRun.Key, null!);

    private bool MayRetry(ResilienceContext context, Exception? exception)
    {
        if (context.CancellationToken.IsCancellationRequested)
        {
            return false;
        }

        var run = RunOf(context);
        return run.MayRetry(exception)
            && (exception is not RemoteCallException { Kind: RemoteFailure.Missing or RemoteFailure.Denied } || run.HasAnother(_pool.Endpoints))
            && (exception is not RemoteCallException { RetryAfter: { } wanted } || run.HasAnother(_pool.Endpoints) || (wanted <= LongestPause && !(run.Left(_time) < wanted)));
    }

    // Another endpoint is asked at once: what was wrong with the first says nothing about it.
    private TimeSpan? PauseBefore(ResilienceContext context, Exception? exception, int attempt)
    {
        if (RunOf(context).HasAnother(_pool.Endpoints))
        {
            return TimeSpan.Zero;
        }

        var pause = FirstPause * (1 << Math.Min(attempt, 6)) * (0.5 + System.Random.Shared.NextDouble());
        return exception is RemoteCallException { RetryAfter: { } wanted } && wanted > pause ? wanted : pause;
    }

    private async ValueTask<T> TryAsync<T>(RemoteRun run, Func<Endpoint, CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken)
    {
        var endpoint = run.Take(_pool.Endpoints) ?? throw new RemoteCallException(RemoteFailure.Unreachable, _pool.Problem ?? "It has no endpoints.");
        if (endpoint.Resting is { } rest && (rest.Kind == RemoteFailure.Denied || rest.RetryAfter > LongestPause))
        {
            throw rest.At(endpoint.ToString());
        }

        endpoint.Enter();
        var started = _time.GetTimestamp();
        try
        {
            var result = await endpoint.Breaker.ExecuteAsync(
                static (state, token) => state.Caller.AskAsync(state.Endpoint, state.Call, token), (Caller: this, Endpoint: endpoint, Call: call), cancellationToken).ConfigureAwait(false);
            var duration = _time.GetElapsedTime(started);
            endpoint.NoteDuration(duration);
            run.Latencies?.Add(duration);
            return result;
        }
        catch (BrokenCircuitException exception)
        {
            throw new RemoteCallException(RemoteFailure.Unreachable, "too many of its runs failed", exception) { Endpoint = endpoint.ToString() };
        }
        catch (OperationCanceledException)
        {
            // One that was left because it took too long is as slow as that at least.
            endpoint.NoteDuration(_time.GetElapsedTime(started));
            throw;
        }
        catch (RemoteCallException exception)
        {
            Note(endpoint, run.Model, exception);
            throw exception.At(endpoint.ToString());
        }
        finally
        {
            endpoint.Exit();
        }
    }

    private void Note(Endpoint endpoint, RemoteModelName model, RemoteCallException exception)
    {
        if (exception.Kind is RemoteFailure.Unreachable or RemoteFailure.Broken)
        {
            _pool.NoteDown(endpoint, exception.Message);
        }
        else if (exception.Kind == RemoteFailure.Missing)
        {
            endpoint.NoteMissing(model);
        }
        else if (exception.Kind == RemoteFailure.Denied)
        {
            _pool.NoteRest(endpoint, exception, DeniedFor);
        }
        else if (exception is { Kind: RemoteFailure.Busy, RetryAfter: { } wanted } && wanted > TimeSpan.Zero)
        {
            _pool.NoteRest(endpoint, exception, wanted < LongestRest ? wanted : LongestRest);
        }
    }

    private async ValueTask<T> AskAsync<T>(Endpoint endpoint, Func<Endpoint, CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken)
    {
        var gone = endpoint.Gone;
        using var late = new CancellationTokenSource(_options.RequestTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, gone, cancellationToken);
        try
        {
            return await call(endpoint, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RemoteCallException(
                RemoteFailure.Broken,
                gone.IsCancellationRequested ? "it stopped answering health checks" : $"it did not answer within {_options.RequestTimeout} (RequestTimeout)",
                exception);
        }
    }
}
