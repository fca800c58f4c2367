namespace EdgeAI.Remote.Discovery;

/// <summary>Knows where the servers of a cluster are: a registry, an orchestrator, service discovery.</summary>
public interface IRemoteEndpointSource
{
    /// <summary>Finds the servers as they are now. It is asked again each <see cref="Configuration.RemoteClusterOptions.RefreshInterval"/>; when it throws, or finds none, the last ones stay.</summary>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>Addresses as in <see cref="Configuration.RemoteClusterOptions.Endpoints"/>.</returns>
    ValueTask<IReadOnlyList<Uri>> FindAsync(CancellationToken cancellationToken);
}
