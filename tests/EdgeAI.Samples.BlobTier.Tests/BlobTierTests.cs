using EdgeAI.Models;
using EdgeAI.Samples.Tests.Servers;
using EdgeAI.Storage;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeAI.Samples.Tests;

/// <summary>The sample's tier as a cluster behind stores.</summary>
public sealed class BlobTierTests(BlobEmulator emulator)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AddCluster_OnBlobs_TakesWhatOneNodeImportsToAnother()
    {
        using var folder = new TemporaryDirectory();
        var container = await emulator.CreateContainerAsync();
        var model = TestModels.Mlp;
        await using (var origin = Start(folder.Combine("origin"), new BlobTier("blob", container)))
        {
            await origin.Store.ImportAsync(model.Name, ModelSource.FromFile(model.Save(folder)), null, Cancellation);
            await origin.Store.FlushAsync(Cancellation);
        }

        await using var node = Start(folder.Combine("node"), new BlobTier("blob", container));
        var pulled = await node.Store.PullAsync(model.Name, cancellationToken: Cancellation);
        await using var lease = await node.Engine.LoadAsync(model.Name, Cancellation);
        using var outputs = await lease.RunAsync(model.CreateInputs(), Cancellation);

        Assert.True(pulled.BytesMoved > 0);
        Assert.NotEmpty(outputs);
    }

    private static EdgeRuntime Start(string directory, IStorageTier tier) => EdgeRuntime.Create(
        options => options.DataDirectory = directory,
        builder => builder.AddStorage(storage => storage.AddCluster("blob", tier)));
}
