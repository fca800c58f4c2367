using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using EdgeAI.Remote.Configuration;
using EdgeAI.Remote.Discovery;

namespace EdgeAI.Remote.Transports;

/// <summary>Makes connections to servers as the options say.</summary>
internal sealed class Connections(RemoteClusterOptions options) : IDisposable
{
    private readonly X509Certificate2? _client = LoadClient(options.Tls);
    private readonly X509Certificate2Collection _authorities = LoadAuthorities(options.Tls);

    /// <summary>A handler of an endpoint's own; whoever has it disposes it.</summary>
    public SocketsHttpHandler CreateHandler(EndpointAddress address)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = options.ConnectTimeout,
            EnableMultipleHttp2Connections = true,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            UseCookies = false,
            UseProxy = false,
            SslOptions = CreateTls(),
        };
        if (address.Host is { } host)
        {
            // The address's name stays what TLS and the server see.
            handler.ConnectCallback = (context, cancellationToken) => ConnectAsync(host, context.DnsEndPoint.Port, cancellationToken);
        }

        return handler;
    }

    /// <summary>The header that shows the key; null without one.</summary>
    public (string Name, string Value)? KeyHeader => options.ApiKey is not { } key ? null
        : string.Equals(options.ApiKeyHeader, "Authorization", StringComparison.OrdinalIgnoreCase) ? (options.ApiKeyHeader, $"Bearer {key}") : (options.ApiKeyHeader, key);

    public void Dispose()
    {
        _client?.Dispose();
        foreach (var authority in _authorities)
        {
            authority.Dispose();
        }
    }

    private SslClientAuthenticationOptions CreateTls()
    {
        var tls = new SslClientAuthenticationOptions();
        if (_client is not null)
        {
            tls.ClientCertificates = [_client];
        }

        if (_authorities.Count > 0)
        {
            tls.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            tls.CertificateChainPolicy.CustomTrustStore.AddRange(_authorities);
        }

        return tls;
    }

    private static X509Certificate2? LoadClient(RemoteTlsOptions tls)
    {
        if (tls.ClientCertificatePath is not { } path)
        {
            return null;
        }

        using var loaded = tls.ClientKeyPassword is { } password
            ? X509Certificate2.CreateFromEncryptedPemFile(path, password, tls.ClientKeyPath)
            : X509Certificate2.CreateFromPemFile(path, tls.ClientKeyPath);

        // Some systems' TLS takes no key that is in memory alone.
        return X509CertificateLoader.LoadPkcs12(loaded.Export(X509ContentType.Pkcs12), null);
    }

    private static X509Certificate2Collection LoadAuthorities(RemoteTlsOptions tls)
    {
        var authorities = new X509Certificate2Collection();
        if (tls.CaCertificatePath is { } path)
        {
            authorities.ImportFromPemFile(path);
        }

        return authorities;
    }

    private static async ValueTask<Stream> ConnectAsync(IPAddress host, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(host.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(host, port), cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
