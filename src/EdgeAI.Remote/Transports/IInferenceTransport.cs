using EdgeAI.Remote.Protocol;

namespace EdgeAI.Remote.Transports;

/// <summary>Speaks the protocol with one server. Every failure but a cancellation is a <see cref="RemoteCallException"/>. Thread-safe.</summary>
internal interface IInferenceTransport : IDisposable
{
    /// <summary>Asks whether the server is ready.</summary>
    ValueTask<bool> IsReadyAsync(CancellationToken cancellationToken);

    /// <summary>Asks what a model takes and gives.</summary>
    ValueTask<RemoteDescription> DescribeAsync(RemoteModelName model, CancellationToken cancellationToken);

    /// <summary>Asks the server to load a model, by the repository extension.</summary>
    ValueTask LoadAsync(RemoteModelName model, CancellationToken cancellationToken);

    /// <summary>Runs a model.</summary>
    /// <param name="request">The run.</param>
    /// <param name="left">The time that is left for it; null when there is no end.</param>
    /// <param name="cancellationToken">Leaves it.</param>
    ValueTask<InferReply> InferAsync(InferRequest request, TimeSpan? left, CancellationToken cancellationToken);
}
