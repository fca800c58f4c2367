namespace EdgeAI.Remote.Protocol;

/// <summary>A call to an endpoint that failed.</summary>
internal sealed class RemoteCallException(RemoteFailure kind, string message, Exception? innerException = null) : Exception(message, innerException)
{
    public RemoteFailure Kind => kind;

    /// <summary>How long the server wants to be left alone; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Where it was; null when it was nowhere.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Whether the model can't have run.</summary>
    public bool IsUntouched => kind is RemoteFailure.Unreachable or RemoteFailure.Busy or RemoteFailure.Missing or RemoteFailure.Denied;

    /// <summary>Whether it counts against the endpoint.</summary>
    public bool IsEndpointsFault => kind is RemoteFailure.Unreachable or RemoteFailure.Broken or RemoteFailure.Failed or RemoteFailure.Garbled;

    public static RemoteCallException Garbled(string message, Exception? innerException = null) => new(RemoteFailure.Garbled, message, innerException);

    public RemoteCallException At(string endpoint) => new(kind, Message, InnerException) { RetryAfter = RetryAfter, Endpoint = endpoint };
}
