using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;

namespace EdgeAI.Storage.Tests.Placement;

/// <summary>A store that spreads over a hot, a warm and a cold directory.</summary>
internal sealed class TieredStore : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly Action<TiersOptions>? _configure;

    public TieredStore(Action<TiersOptions>? configure = null)
    {
        _configure = configure;
        Store = Open();
    }

    public ModelStore Store { get; private set; }

    public OffsetTime Time { get; } = new();

    public string Root => _folder.Combine("store");

    public string Hot => Root + ".hot";

    public string Warm => Root + ".warm";

    public string Cold => Root + ".cold";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Store.Dispose();
        _folder.Dispose();
    }

    /// <summary>Another instance over the same directories, as a restart or a second process has it.</summary>
    public ModelStore Open(Action<TiersOptions>? configure = null)
    {
        var options = new StorageOptions();
        (options.Tiers.Hot.Directory, options.Tiers.Warm.Directory, options.Tiers.Cold.Directory) = (Hot, Warm, Cold);
        options.Tiers.Cold.Compression = TierCompression.None;
        (configure ?? _configure)?.Invoke(options.Tiers);
        return ModelStore.Open(Root, options, Time);
    }

    public void Reopen()
    {
        Store.Dispose();
        Store = Open();
    }

    public async Task ImportAsync(ModelReference reference, TestModel model)
    {
        using var source = new TemporaryDirectory();
        await Store.ImportAsync(reference, ModelSource.FromFile(model.Save(source)), null, Cancellation);
    }

    /// <summary>Lays a model out, as a load does, and lets go of it.</summary>
    public async Task UseAsync(ModelReference reference) => (await Store.MaterializeAsync(reference, Cancellation)).Dispose();

    /// <summary>Packs in the folder of a tier.</summary>
    public static string[] PacksOf(string tier) =>
        Directory.Exists(tier) ? [.. Directory.EnumerateFiles(tier, "*.pack", SearchOption.AllDirectories).Select(path => Path.GetFileName(path)!).Order()] : [];

    /// <summary>Models that are laid out.</summary>
    public async Task<string[]> HotModelsAsync() =>
        [.. (await Store.ListPlacementsAsync(Cancellation)).Where(model => model.HotBytes > 0).Select(model => model.Model.ToString())];

    public async Task RequireContentAsync(ModelReference reference, TestModel model)
    {
        foreach (var (path, content) in model.Files)
        {
            await using var stream = await Store.OpenAsync(reference, path, Cancellation);
            Assert.Equal(content, await TestStore.ReadAsync(stream));
        }
    }

    public async Task RequireHealthyAsync()
    {
        var report = await Store.VerifyAsync(Cancellation);
        Assert.True(report.IsHealthy, string.Join(Environment.NewLine, report.Problems));
    }
}
