using EdgeAI.Inference;
using EdgeAI.Remote.Protocol;
using EdgeAI.Remote.Transports;

namespace EdgeAI.Remote.Tests.Balancing;

/// <summary>A server that is a function of the test.</summary>
internal sealed class FakeTransport : IInferenceTransport
{
    public Func<CancellationToken, ValueTask<bool>> OnReady { get; set; } = _ => new(true);

    public Func<CancellationToken, ValueTask<InferReply>> OnInfer { get; set; } = _ => new(new InferReply());

    public bool IsDisposed { get; private set; }

    public ValueTask<bool> IsReadyAsync(CancellationToken cancellationToken) => OnReady(cancellationToken);

    public ValueTask<RemoteDescription> DescribeAsync(RemoteModelName model, CancellationToken cancellationToken) =>
        new(new RemoteDescription([new RemoteTensorInfo("x", "FP32", [2])], [new RemoteTensorInfo("y", "FP32", [2])]));

    public ValueTask LoadAsync(RemoteModelName model, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<InferReply> InferAsync(InferRequest request, TimeSpan? left, CancellationToken cancellationToken) => OnInfer(cancellationToken);

    public void Dispose() => IsDisposed = true;

    public static InferReply Answer(float value)
    {
        var reply = new InferReply();
        reply.Add("y", TensorValue.Create(new[] { value, value }, 2));
        return reply;
    }
}
