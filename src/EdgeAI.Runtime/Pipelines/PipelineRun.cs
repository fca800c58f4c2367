using System.Runtime.ExceptionServices;
using System.Threading.Channels;

namespace EdgeAI.Pipelines;

/// <summary>A run of a pipeline, and what comes out of it.</summary>
/// <typeparam name="T">A result.</typeparam>
/// <remarks>Its results are read once, by one reader, which ends the run when it leaves. It may be disposed by any thread at any time, but not from within a stage, which it would wait for.</remarks>
public sealed class PipelineRun<T> : IAsyncEnumerable<T>, IAsyncDisposable
{
    private readonly PipelineScope _scope;
    private readonly ChannelReader<Flow<T>> _results;
    private readonly CancellationTokenRegistration _registration;
    private int _isRead;

    internal PipelineRun(PipelineScope scope, ChannelReader<Flow<T>> results, CancellationToken cancellationToken)
    {
        _scope = scope;
        _results = results;
        _registration = StopWith(cancellationToken);
    }

    /// <summary>The results, as they come out.</summary>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <exception cref="PipelineStageException">A stage failed, and the options don't say that the others go on.</exception>
    /// <exception cref="ObjectDisposedException">The run was disposed.</exception>
    /// <exception cref="InvalidOperationException">The results are read already.</exception>
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default) => Interlocked.Exchange(ref _isRead, 1) == 0
        ? ReadAsync(cancellationToken)
        : throw new InvalidOperationException("The results of a run can be read once; start another run.");

    /// <summary>Ends the run, and waits until every stage has ended: those in the middle of an item get a cancelled token.</summary>
    public async ValueTask DisposeAsync()
    {
        await _registration.DisposeAsync().ConfigureAwait(false);
        _scope.Stop(new ObjectDisposedException(GetType().FullName));
        await _scope.EndAsync().ConfigureAwait(false);
    }

    private async IAsyncEnumerator<T> ReadAsync(CancellationToken cancellationToken)
    {
        using var registration = StopWith(cancellationToken);
        try
        {
            while (await WaitAsync().ConfigureAwait(false))
            {
                while (_scope.Failure is null && _results.TryRead(out var flow))
                {
                    if (flow.Kind == FlowKind.Item)
                    {
                        yield return flow.Value;
                    }
                }
            }
        }
        finally
        {
            await DisposeAsync().ConfigureAwait(false);
        }
    }

    // A stage that failed has closed its buffer, perhaps before it is known here why.
    private async ValueTask<bool> WaitAsync()
    {
        try
        {
            if (await _results.WaitToReadAsync(_scope.Token).ConfigureAwait(false))
            {
                return true;
            }
        }
        catch (OperationCanceledException) when (_scope.Failure is not null)
        {
            // Said below.
        }

        if (_scope.Failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        return false;
    }

    private CancellationTokenRegistration StopWith(CancellationToken token) => token.UnsafeRegister(_ => _scope.Stop(new OperationCanceledException(token)), null);
}
