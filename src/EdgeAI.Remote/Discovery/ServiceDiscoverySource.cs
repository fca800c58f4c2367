using System.Net;
using Microsoft.Extensions.ServiceDiscovery;

namespace EdgeAI.Remote.Discovery;

/// <summary>What an app's service discovery says of a service: addresses, or hosts that are spoken to by the service's own scheme.</summary>
internal sealed class ServiceDiscoverySource(Uri service, ServiceEndpointResolver resolver) : IRemoteEndpointSource
{
    public async ValueTask<IReadOnlyList<Uri>> FindAsync(CancellationToken cancellationToken)
    {
        var found = await resolver.GetEndpointsAsync(service.GetLeftPart(UriPartial.Authority), cancellationToken).ConfigureAwait(false);
        return [.. found.Endpoints.Select(endpoint => AddressOf(endpoint.EndPoint))];
    }

    private Uri AddressOf(EndPoint endpoint) => endpoint switch
    {
        UriEndPoint { Uri: var uri } => uri,
        DnsEndPoint dns => AddressOf(dns.Host, dns.Port),
        IPEndPoint ip => AddressOf(ip.Address.ToString(), ip.Port),
        _ => throw new InvalidOperationException($"'{endpoint}' is no address of a server."),
    };

    // Where no port is known it is the scheme's, or the service's own.
    private Uri AddressOf(string host, int port) => new UriBuilder(service) { Host = host, Port = port == 0 ? service.Port : port }.Uri;
}
