using System.Diagnostics;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Telemetry;

namespace EdgeAI.Batching;

/// <summary>Requests that share a run. Whatever happens, each is told its own end.</summary>
#pragma warning disable CA1001 // The source has no timer and no wait handle, so there is nothing to dispose; a caller may cancel it late.
internal sealed class Batch(ModelSignature signature, List<BatchRequest> requests, int rows)
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _cancellation = new();
    private int _wanted = requests.Count;

    /// <summary>Whether the model gave something that has not the batch's rows, so that requests had to run one by one.</summary>
    public bool IsIndivisible { get; private set; }

    /// <summary>How many requests there are.</summary>
    public int Count => requests.Count;

    /// <summary>Takes note that a caller has cancelled; the run goes on while another wants it. For any thread.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _wanted) == 0)
        {
            _cancellation.Cancel();
        }
    }

    public void Run()
    {
        using var activity = RuntimeTelemetry.StartBatch(requests);
        if (requests is [var only])
        {
            only.RunAlone();
            return;
        }

        try
        {
            RunTogether();
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
            requests.ForEach(request => request.Cancel());
        }
        catch (Exception exception) when (exception is InferenceException or OverflowException)
        {
            // One of them may be at fault, or all together too large: each shall hear of its own fault only.
            RunEach();
        }
        catch (Exception exception)
        {
            requests.ForEach(request => request.Fail(exception));
        }
    }

    private void RunTogether()
    {
        ModelOutputs outputs;
        var started = Stopwatch.GetTimestamp();
        TimeSpan gathering;
        TimeSpan running;
        using (var inputs = new BatchInputs(signature, requests, rows))
        {
            gathering = Stopwatch.GetElapsedTime(started);
            outputs = requests[0].Lease.Run(inputs.Values, _cancellation.Token);
            running = Stopwatch.GetElapsedTime(started) - gathering;
        }

        if (!BatchOutputs.HaveRows(outputs, rows))
        {
            outputs.Dispose();
            IsIndivisible = true;
            RunEach();
            return;
        }

        using var shared = new BatchOutputs(outputs);
        var first = 0;
        var isFirst = true;
        foreach (var request in requests)
        {
            if (request.Token.IsCancellationRequested)
            {
                request.Cancel();
            }
            else
            {
                request.Succeed(shared.Slice(first, request.Rows).WithBatch(new BatchShare(request.Rows, rows, isFirst, gathering, running)));
                isFirst = false;
            }

            first += request.Rows;
        }
    }

    private void RunEach() => requests.ForEach(request => request.RunAlone());
}
