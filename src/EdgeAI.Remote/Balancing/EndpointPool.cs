using EdgeAI.Remote.Configuration;
using EdgeAI.Remote.Discovery;
using EdgeAI.Remote.Protocol;
using EdgeAI.Remote.Transports;
using Microsoft.Extensions.Logging;
using Polly.CircuitBreaker;

namespace EdgeAI.Remote.Balancing;

/// <summary>The endpoints of a cluster as they are now: found again and asked for their health in the background. Thread-safe.</summary>
internal sealed partial class EndpointPool : IAsyncDisposable
{
    // Between two rounds of checks, however many runs fail meanwhile.
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(100);

    private readonly string _cluster;
    private readonly RemoteClusterOptions _options;
    private readonly EndpointFinder _finder;
    private readonly Func<EndpointAddress, IInferenceTransport> _connect;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource _found = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _looking;
    private readonly Task _checking;
    private TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Endpoint[] _endpoints = [];
    private volatile string? _searchProblem;

    public EndpointPool(
        string cluster, RemoteClusterOptions options, EndpointFinder finder, Func<EndpointAddress, IInferenceTransport> connect, TimeProvider time, ILogger logger)
    {
        _cluster = cluster;
        _options = options;
        _finder = finder;
        _connect = connect;
        _time = time;
        _logger = logger;
        if (finder.IsFixed)
        {
            Take(finder.FindFixed());
        }

        _looking = finder.IsFixed ? Task.CompletedTask : Task.Run(LookAsync);
        _checking = Task.Run(CheckAsync);
    }

    public IReadOnlyList<Endpoint> Endpoints => _endpoints;

    /// <summary>Why none can be used; null when one can.</summary>
    public string? Problem
    {
        get
        {
            var endpoints = _endpoints;
            foreach (var endpoint in endpoints)
            {
                if (endpoint.Problem is null)
                {
                    return null;
                }
            }

            return endpoints.Length > 0 ? $"None of its {endpoints.Length} endpoint(s) can be used: {string.Join("; ", endpoints.Select(endpoint => $"{endpoint}: {endpoint.Problem}"))}."
                : _searchProblem is { } problem ? $"Its endpoints were not found: {problem}"
                : null;
        }
    }

    /// <summary>Waits until endpoints were looked for once, if they were not.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _found.Task.WaitAsync(cancellationToken);

    /// <summary>Notes a failure that says that an endpoint can't do any run, and has it asked soon.</summary>
    public void NoteDown(Endpoint endpoint, string problem)
    {
        if (endpoint.NoteDown(problem))
        {
            LogDown(_logger, _cluster, endpoint.ToString(), problem);
        }

        Volatile.Read(ref _wake).TrySetResult();
    }

    /// <summary>Leaves an endpoint alone for a while, whatever health checks say: it wants that, or does not let this machine in.</summary>
    public void NoteRest(Endpoint endpoint, RemoteCallException failure, TimeSpan time)
    {
        if (endpoint.NoteRest(failure, time))
        {
            LogDown(_logger, _cluster, endpoint.ToString(), endpoint.Problem ?? failure.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _checking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var endpoint in _endpoints)
        {
            endpoint.Dispose();
        }

        _end.Dispose();
    }

    private async Task LookAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                var found = await _finder.FindAsync(_end.Token).ConfigureAwait(false);
                if (found.Count > 0)
                {
                    Take(found);
                    _searchProblem = null;
                }
                else
                {
                    _searchProblem = "there are none.";
                }
            }
#pragma warning disable CA1031 // An app's own source may throw anything; the last endpoints stay, and it is told.
            catch (Exception exception) when (!_end.IsCancellationRequested)
#pragma warning restore CA1031
            {
                _searchProblem = exception.Message;
                LogNotFound(_logger, exception, _cluster);
            }

            _found.TrySetResult();

            // Until some are found, as often as their health would be asked.
            await Task.Delay(_endpoints.Length == 0 ? _options.HealthInterval : _options.RefreshInterval, _time, _end.Token).ConfigureAwait(false);
        }
    }

    private void Take(IReadOnlyList<EndpointAddress> addresses)
    {
        var before = _endpoints;
        _endpoints = [.. addresses.Select(address => Array.Find(before, endpoint => endpoint.Address == address) ?? new Endpoint(address, _connect(address), _options, _time))];
        foreach (var gone in before.Except(_endpoints))
        {
            gone.Retire();
        }

        _found.TrySetResult();
    }

    private async Task CheckAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            var wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _wake, wake);
            await Task.WhenAll(_endpoints.Select(CheckAsync)).ConfigureAwait(false);
            await Task.Delay(LeastPause < _options.HealthInterval ? LeastPause : _options.HealthInterval, _time, _end.Token).ConfigureAwait(false);
            await wake.Task.WaitAsync(_options.HealthInterval, _time, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task CheckAsync(Endpoint endpoint)
    {
        using var late = new CancellationTokenSource(_options.HealthTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _end.Token);
        try
        {
            if (await AskAsync(endpoint, either.Token).ConfigureAwait(false))
            {
                if (endpoint.NoteWell())
                {
                    LogUp(_logger, _cluster, endpoint.ToString());
                }
            }
            else
            {
                Down("it says that it is not ready");
            }
        }
        catch (RemoteCallException exception)
        {
            Down(exception.Message);
        }
        catch (BrokenCircuitException)
        {
            // Left alone until its pause is over.
        }
        catch (OperationCanceledException)
        {
            var problem = $"it did not answer a health check within {_options.HealthTimeout}";
            if (!_end.IsCancellationRequested && endpoint.NoteSilent(problem))
            {
                LogDown(_logger, _cluster, endpoint.ToString(), problem);
            }
        }
        catch (ObjectDisposedException)
        {
            // It was retired meanwhile.
        }

        void Down(string problem)
        {
            if (endpoint.NoteDown(problem))
            {
                LogDown(_logger, _cluster, endpoint.ToString(), problem);
            }
        }
    }

    // Only where the breaker is in doubt the answer is its: otherwise checks would make failing runs seem few.
    private static ValueTask<bool> AskAsync(Endpoint endpoint, CancellationToken cancellationToken) => endpoint.IsDoubted
        ? endpoint.Breaker.ExecuteAsync(static (asked, token) => asked.Transport.IsReadyAsync(token), endpoint, cancellationToken)
        : endpoint.Transport.IsReadyAsync(cancellationToken);

    [LoggerMessage(1, LogLevel.Warning, "The endpoint {Endpoint} of '{Cluster}' gets no runs: {Problem}.")]
    private static partial void LogDown(ILogger logger, string cluster, string endpoint, string problem);

    [LoggerMessage(2, LogLevel.Information, "The endpoint {Endpoint} of '{Cluster}' is well again.")]
    private static partial void LogUp(ILogger logger, string cluster, string endpoint);

    [LoggerMessage(3, LogLevel.Warning, "The endpoints of '{Cluster}' were not found; the last ones stay.")]
    private static partial void LogNotFound(ILogger logger, Exception exception, string cluster);
}
