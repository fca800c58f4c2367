using System.Security.Cryptography;
using EdgeAI.Models;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using EdgeAI.Trust;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace EdgeAI.Runtime.Tests.DependencyInjection;

/// <summary>An app whose configuration says whose models it runs.</summary>
public sealed class TrustTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task LoadAsync_SignatureRequiredByConfiguration_RunsWhatIsSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var provider = Build(key.ExportSubjectPublicKeyInfoPem(), "vendor");
        var runtime = provider.GetRequiredService<EdgeRuntime>();
        await runtime.Store.ImportAsync("m:1", ModelSource.FromMemory(TestModels.Add.Content), null, Cancellation);

        await Assert.ThrowsAsync<ModelNotTrustedException>(async () => await runtime.Engine.LoadAsync("m:1", Cancellation));
        using var signer = ModelSigner.FromPem(key.ExportPkcs8PrivateKeyPem());
        var signature = await runtime.Store.SignAsync("m:1", signer, Cancellation);
        await using var model = await runtime.Engine.LoadAsync("m:1", Cancellation);

        Assert.Equal("vendor", signature.TrustedAs);
    }

    [Fact]
    public async Task GetRequiredService_AKeyOfAnotherCurve_IsRefusedAtTheStart()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        await using var provider = Build(key.ExportSubjectPublicKeyInfoPem(), "vendor");

        var exception = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<EdgeRuntime>);

        Assert.Contains("'vendor'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("P-256", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetRequiredService_ARequiredSignerThatIsNotNamed_IsRefusedAtTheStart()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var provider = Build(key.ExportSubjectPublicKeyInfoPem(), "factory");

        var exception = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<EdgeRuntime>);

        Assert.Contains("'factory' is not among the TrustedKeys (vendor)", exception.Message, StringComparison.Ordinal);
    }

    private ServiceProvider Build(string pem, string requiredSigner)
    {
        File.WriteAllText(_folder.Combine("vendor.pem"), pem);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["EdgeAI:DataDirectory"] = _folder.Combine("data"),
            ["EdgeAI:Storage:TrustedKeys:vendor:Path"] = _folder.Combine("vendor.pem"),
            ["EdgeAI:Storage:RequireSignature"] = "true",
            ["EdgeAI:Storage:RequiredSigners:0"] = requiredSigner,
        }).Build();
        var services = new ServiceCollection();
        services.AddEdgeAI(configuration.GetSection("EdgeAI"));
        return services.BuildServiceProvider();
    }
}
