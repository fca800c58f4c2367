using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Remote.Protocol;
using EdgeAI.Remote.Resilience;

namespace EdgeAI.Remote.Running;

/// <summary>A model on a cluster.</summary>
internal sealed class RemoteSession(
    ModelReference reference, RemoteModelName name, ModelSignature signature, ExecutionDevice device, RemoteCaller caller, bool isStateful, TimeProvider time) : IRemoteSession
{
    private static readonly ModelRunOptions Defaults = new();

    private readonly LatencyWindow? _latencies = isStateful ? null : new();

    public ModelSignature Signature => signature;

    public ModelOutputs Run(IReadOnlyDictionary<string, ModelValue> inputs, CancellationToken cancellationToken) =>
        RunAsync(inputs, Defaults, cancellationToken).AsTask().GetAwaiter().GetResult();

    public async ValueTask<ModelOutputs> RunAsync(IReadOnlyDictionary<string, ModelValue> inputs, ModelRunOptions options, CancellationToken cancellationToken)
    {
        long? deadline = options.Deadline is { } left ? time.GetTimestamp() + (long)(left.TotalSeconds * time.TimestampFrequency) : null;
        var request = InferRequest.Create(name, signature, inputs, options.Priority);
        try
        {
            var reply = await caller.InferAsync(request, new RemoteRun(name, isStateful, deadline) { Latencies = _latencies }, cancellationToken).ConfigureAwait(false);
            return reply.ToOutputs(request.Outputs);
        }
        catch (RemoteCallException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw RemoteExceptions.OfRun(reference, device, name, options.Deadline, exception);
        }
    }

    public void Dispose()
    {
        // Connections are the cluster's.
    }
}
