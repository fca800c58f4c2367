using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeAI.Inference;
using EdgeAI.Providers;
using EdgeAI.Remote.Configuration;
using EdgeAI.Remote.Tests.Hosting;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace EdgeAI.Remote.Tests.Faults;

/// <summary>Keys and certificates.</summary>
public sealed class SecurityTests : IDisposable
{
    private const string Key = "k3y-that-nobody-may-see-in-a-log";

    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(RemoteTransport.Grpc, "Authorization")]
    [InlineData(RemoteTransport.Grpc, "X-Api-Key")]
    [InlineData(RemoteTransport.Rest, "Authorization")]
    [InlineData(RemoteTransport.Rest, "X-Api-Key")]
    public async Task LoadAsync_ServerThatWantsAKey_IsShownItAndNobodyElseSeesIt(RemoteTransport transport, string header)
    {
        await using var host = await RemoteHost.StartAsync(serving => serving.ApiKeys.Add(new() { Name = "node", Key = Key, Scopes = { "infer" } }));
        await host.ImportAsync(TestModels.AddOne);
        await using var node = Node(host.AddressOf(transport), transport, Key, header);
        await using (var lease = await node.LoadAsync(TestModels.AddOne.Name, RemotePolicy.RemoteOnly))
        {
            (await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation)).Dispose();
        }

        await using var stranger = Node(host.AddressOf(transport), transport, "another-key-of-16-letters", header);
        var exception = await Assert.ThrowsAsync<RemoteUnavailableException>(() => stranger.LoadAsync(TestModels.AddOne.Name, RemotePolicy.RemoteOnly));

        Assert.Contains("does not accept this machine's key", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("another-key", exception.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(node.Log.Lines.Concat(stranger.Log.Lines), line => line.Contains(Key, StringComparison.Ordinal) || line.Contains("another-key", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_ServerThatRedirects_IsNotFollowedWithTheKey()
    {
        await using var thief = await FakeServer.StartAsync();
        await using var server = await FakeServer.StartAsync();
        server.OnAny = context =>
        {
            context.Response.Redirect(thief.Address.ToString());
            return Task.FromResult(true);
        };
        await using var node = Node(server.Address, RemoteTransport.Rest, Key, "Authorization");

        await Assert.ThrowsAnyAsync<EdgeAIException>(() => node.LoadAsync("add-one", RemotePolicy.RemoteOnly));

        Assert.Empty(thief.Keys);
    }

    [Fact]
    public async Task LoadAsync_ServerOfAnAuthorityOfItsOwn_IsTrustedWithThatAuthorityAndTheClientsCertificateShown()
    {
        using var authority = Authority("Authority of the tests");
        using var serverCertificate = Issue(authority, "localhost");
        using var clientCertificate = Issue(authority, "edge-node");
        File.WriteAllText(_folder.Combine("ca.pem"), authority.ExportCertificatePem());
        File.WriteAllText(_folder.Combine("client.pem"), clientCertificate.ExportCertificatePem());
        File.WriteAllText(_folder.Combine("client.key"), clientCertificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        string? shown = null;
        await using var server = await FakeServer.StartAsync(listen => listen.UseHttps(https =>
        {
            https.ServerCertificate = serverCertificate;
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (certificate, _, _) => (shown = certificate.Subject) is not null;
        }));
        var address = new UriBuilder(server.Address) { Host = "localhost" }.Uri;

        await using var trusting = Tls(address, tls =>
        {
            tls.CaCertificatePath = _folder.Combine("ca.pem");
            tls.ClientCertificatePath = _folder.Combine("client.pem");
            tls.ClientKeyPath = _folder.Combine("client.key");
        });
        await using (var lease = await trusting.LoadAsync("add-one", RemotePolicy.RemoteOnly))
        {
            (await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation)).Dispose();
        }

        Assert.Equal("CN=edge-node", shown);
        await using var doubting = Tls(address, _ => { });
        await Assert.ThrowsAsync<RemoteUnavailableException>(() => doubting.LoadAsync("add-one", RemotePolicy.RemoteOnly));
        await using var nameless = Tls(address, tls => tls.CaCertificatePath = _folder.Combine("ca.pem"));
        await Assert.ThrowsAsync<RemoteUnavailableException>(() => nameless.LoadAsync("add-one", RemotePolicy.RemoteOnly));
        await using var misled = Tls(new UriBuilder(address) { Host = "127.0.0.1" }.Uri, tls => tls.CaCertificatePath = _folder.Combine("ca.pem"));
        await Assert.ThrowsAsync<RemoteUnavailableException>(() => misled.LoadAsync("add-one", RemotePolicy.RemoteOnly));
    }

    private static EdgeNode Node(Uri address, RemoteTransport transport, string key, string header) => new(options =>
    {
        options.Transport = transport;
        options.Endpoints.Add(address);
        options.ApiKey = key;
        options.ApiKeyHeader = header;
    });

    private static EdgeNode Tls(Uri address, Action<RemoteTlsOptions> tls) => new(options =>
    {
        options.Transport = RemoteTransport.Rest;
        options.Endpoints.Add(address);
        options.MaxRetries = 0;
        tls(options.Tls);
    });

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(authority, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), RandomNumberGenerator.GetBytes(8));
        using var withKey = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }
}
