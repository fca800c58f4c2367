using System.Diagnostics;
using EdgeAI.AspNetCore.Configuration;
using EdgeAI.AspNetCore.Protocol;
using EdgeAI.Configuration;
using EdgeAI.Inference;

namespace EdgeAI.AspNetCore.Serving;

/// <summary>Runs a served model for a request, when its turn comes.</summary>
internal sealed class InferenceRunner(IInferenceEngine engine, EdgeAIOptions options, ServingLimits limits, ServingTelemetry telemetry, TimeProvider time)
{
    private readonly Admission _admission = new(limits.MaxConcurrentRuns > 0 ? limits.MaxConcurrentRuns : Environment.ProcessorCount, limits.QueueLength);

    // Where the engine has one device and no queue, a request runs on the thread that it is on; otherwise the engine's queue holds it.
    private readonly Lazy<bool> _isDirect = new(() =>
        engine.Devices.Count(device => device.IsUsable) <= 1
        && options.Inference.RunTimeout is null
        && options.Inference.Devices.Values.All(device => device.MaxConcurrentRuns == 0));

    /// <summary>How many requests wait here for a run.</summary>
    public int Waiting => _admission.Waiting;

    /// <exception cref="ProtocolException">The queue is full.</exception>
    public async ValueTask<ModelOutputs> RunAsync(ServedModel model, IReadOnlyDictionary<string, ModelValue> inputs, ModelRunOptions? wish, CancellationToken cancellationToken)
    {
        var asked = Stopwatch.GetTimestamp();
        var isQueued = !model.IsBatched && _isDirect.Value;
        if (isQueued)
        {
            await EnterAsync(model, wish, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            _admission.Join();
        }

        try
        {
            var began = Stopwatch.GetTimestamp();
            model.Counters.Note(RequestStage.Queue, began - asked);
            model.Counters.NoteRun(time.GetUtcNow());
            var outputs = isQueued ? model.Lease.Run(inputs, Left(wish, asked), cancellationToken)
                : wish is null && model.IsBatched ? await model.Lease.RunAsync(inputs, cancellationToken).ConfigureAwait(false)
                : await model.Lease.TryRunAsync(inputs, wish, cancellationToken).ConfigureAwait(false) ?? throw ProtocolException.Busy();
            model.Counters.NoteExecution(outputs.Batch, Stopwatch.GetTimestamp() - began);
            return outputs;
        }
        finally
        {
            if (isQueued)
            {
                _admission.Exit();
            }
            else
            {
                _admission.Leave();
            }
        }
    }

    private ValueTask EnterAsync(ServedModel model, ModelRunOptions? wish, CancellationToken cancellationToken) => telemetry.WaitForTurnAsync(
        wish?.Deadline is { } deadline
            ? EnterInTimeAsync(model, wish.Priority, deadline, cancellationToken)
            : _admission.EnterAsync(wish?.Priority ?? RunPriority.Normal, cancellationToken));

    private async ValueTask EnterInTimeAsync(ServedModel model, RunPriority priority, TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await _admission.EnterAsync(priority, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RunDeadlineException(model.Reference.ToString(), deadline);
        }
    }

    // A deadline counts from the request on, waiting here included.
    private static ModelRunOptions? Left(ModelRunOptions? wish, long asked)
    {
        if (wish?.Deadline is not { } deadline)
        {
            return null;
        }

        var left = deadline - Stopwatch.GetElapsedTime(asked);
        return wish with { Deadline = left > TimeSpan.Zero ? left : TimeSpan.FromTicks(1) };
    }
}
