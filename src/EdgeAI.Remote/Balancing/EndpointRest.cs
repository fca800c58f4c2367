using EdgeAI.Remote.Protocol;

namespace EdgeAI.Remote.Balancing;

/// <summary>A time in which an endpoint is left alone.</summary>
/// <param name="Failure">What it answered.</param>
/// <param name="Until">The timestamp at which that ends.</param>
internal sealed record EndpointRest(RemoteCallException Failure, long Until)
{
    /// <summary>Why, in words.</summary>
    public string Problem => Failure.Kind == RemoteFailure.Denied
        ? $"it refuses this machine's key or certificate ({Failure.Message})"
        : $"it wants to be left alone for a while ({Failure.Message})";
}
