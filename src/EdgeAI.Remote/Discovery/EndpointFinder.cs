using System.Net;
using EdgeAI.Remote.Configuration;

namespace EdgeAI.Remote.Discovery;

/// <summary>Finds a cluster's servers: in the options' list, by DNS, or from a source of the app's.</summary>
internal sealed class EndpointFinder(RemoteClusterOptions options, IRemoteEndpointSource? source)
{
    /// <summary>Whether they are always the same.</summary>
    public bool IsFixed => source is null && options.Dns is null;

    public async ValueTask<IReadOnlyList<EndpointAddress>> FindAsync(CancellationToken cancellationToken)
    {
        if (source is not null)
        {
            var found = await source.FindAsync(cancellationToken).ConfigureAwait(false);
            return [.. found.Distinct().Select(uri => new EndpointAddress(uri))];
        }

        if (options.Dns is { } dns)
        {
            var hosts = await Resolve(dns.DnsSafeHost, cancellationToken).ConfigureAwait(false);
            return [.. hosts.Distinct().Select(host => new EndpointAddress(dns, host))];
        }

        return FindFixed();
    }

    /// <summary>The options' own list.</summary>
    public IReadOnlyList<EndpointAddress> FindFixed() => [.. options.Endpoints.Distinct().Select(uri => new EndpointAddress(uri))];

    /// <summary>Looks a name up; a test may answer itself.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;
}
