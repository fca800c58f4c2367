using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Runtime.Tests.Loading;
using EdgeAI.Sources;
using EdgeAI.Storage;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using EdgeAI.Transfers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace EdgeAI.Runtime.Tests.Startup;

/// <summary>What happens while an app starts: mistakes are heard, models are there.</summary>
public sealed class HostStartTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly FakeProvider _provider = new();

    public static TheoryData<string, string> Mistakes => new()
    {
        { "Inference:CpuThreads", "-1" },
        { "Inference:CpuThreads", "1025" },
        { "Inference:KeepAlive", "-00:00:05" },
        { "Storage:CompressionLevel", "0" },
        { "Storage:CompressionLevel", "20" },
        { "Storage:LockTimeout", "00:00:00" },
        { "DataDirectory", "" },
        { "Models:0:Name", "../escape" },
        { "Models:0:Path", "model-without-a-name.onnx" },
        { "Storage:Bandwidth:Up", "20" },
        { "Storage:Bandwidth:Down", "fast" },
        { "Storage:Bandwidth:GuaranteedShare", "0.5" },
        { "Storage:Sources:Retries", "-1" },
        { "Storage:Sources:Timeout", "00:00:00" },
        { "Storage:Sources:HuggingFace:Endpoint", "mirror" },
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task StartAsync_OptionOutOfRange_FailsAndNamesIt(string key, string value)
    {
        using var host = Build(null, ($"EdgeAI:{key}", value));

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancellation));

        Assert.Contains(key.Split(':')[^1] is "Name" or "Path" ? "Models" : key.Split(':')[^1], exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hf:", null)]
    [InlineData("https://host/m.onnx#md5:00", null)]
    [InlineData("hf:org/repo", "m.onnx")]
    public async Task StartAsync_SourceOfNoUse_FailsAndNamesTheModel(string source, string? path)
    {
        using var host = Build(null, ("EdgeAI:Models:0:Name", "shop/add:1"), ("EdgeAI:Models:0:Source", source), ("EdgeAI:Models:0:Path", path));

        Assert.Contains("shop/add:1", (await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancellation))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task StartAsync_ModelAtAnAddress_IsImportedFromThere(bool byConfiguration)
    {
        var address = new Uri(TestModels.Add.Save(_folder)).AbsoluteUri;
        using var host = byConfiguration
            ? Build(null, ("EdgeAI:Models:0:Name", "shop/add:1"), ("EdgeAI:Models:0:Source", address))
            : Build(builder => builder.AddModel("shop/add:1", address));

        await host.StartAsync(Cancellation);

        Assert.NotNull(await host.Services.GetRequiredService<IModelStore>().FindAsync("shop/add:1", Cancellation));
    }

    [Fact]
    public async Task StartAsync_OwnKindOfAddress_IsAskedForIt()
    {
        using var host = Build(builder => builder.AddModelSource<OwnScheme>().AddModel("shop/add:1", "own:add"));

        await host.StartAsync(Cancellation);

        Assert.NotNull(await host.Services.GetRequiredService<IModelStore>().FindAsync("shop/add:1", Cancellation));
    }

    [Fact]
    public void LimitBandwidth_Rates_AreTheSchedulers()
    {
        using var host = Build(builder => builder.LimitBandwidth(up: "20Mbps", down: "100Mbps"));

        var options = host.Services.GetRequiredService<IOptions<EdgeAIOptions>>().Value.Storage.Bandwidth;

        Assert.Equal(("20Mbps", "100Mbps"), (options.Up, options.Down));
        Assert.NotNull(host.Services.GetRequiredService<ITransferScheduler>());
    }

    [Fact]
    public async Task StartAsync_ModelAdded_ImportsItOnce()
    {
        var path = TestModels.Add.Save(_folder);
        for (var start = 0; start < 2; start++)
        {
            using var host = Build(builder => builder.AddModel("shop/add:1", path));
            await host.StartAsync(Cancellation);
            var model = Assert.Single(await host.Services.GetRequiredService<IModelStore>().ListAsync(Cancellation));
            Assert.Equal("shop/add:1", model.Reference.ToString());
            await host.StopAsync(Cancellation);

            // The second start finds it in the store, and does not ask for the file.
            File.Delete(path);
        }
    }

    [Fact]
    public async Task StartAsync_ModelFileMissing_FailsInWords()
    {
        using var host = Build(builder => builder.AddModel("shop/add:1", _folder.Combine("none.onnx")));

        var exception = await Assert.ThrowsAsync<ModelFileNotFoundException>(() => host.StartAsync(Cancellation));

        Assert.Contains("none.onnx", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_Prewarm_LoadsAndKeepsTheModelUntilTheAppStops()
    {
        _provider.LetLoadsEnd();
        using var host = Build(builder => builder.AddModel("shop/add:1", TestModels.Add.Save(_folder)).Prewarm("shop/add:1"));

        await host.StartAsync(Cancellation);
        Assert.Equal(1, _provider.Loads);
        await using (await host.Services.GetRequiredService<IInferenceEngine>().LoadAsync("shop/add:1", Cancellation))
        {
            Assert.Equal(1, _provider.Loads);
        }

        Assert.False(_provider.Sessions[0].IsDisposed);
        await host.StopAsync(Cancellation);

        Assert.True(_provider.Sessions[0].IsDisposed);
    }

    [Fact]
    public async Task StartAsync_PrewarmWithoutModel_FailsInWords()
    {
        using var host = Build(builder => builder.Prewarm("shop/none:1"));

        Assert.Equal("shop/none:1", (await Assert.ThrowsAsync<ModelNotFoundException>(() => host.StartAsync(Cancellation))).Model.ToString());
    }

    [Fact]
    public async Task StartAsync_WithoutAHost_IsTheCallersAndHappensOnce()
    {
        var path = TestModels.Add.Save(_folder);
        await using var test = new TestRuntime(build: builder => builder.AddModel("a:1", path).Prewarm("a:1"));
        Assert.Empty(await test.Runtime.Store.ListAsync(Cancellation));

        await test.Runtime.StartAsync(Cancellation);
        await test.Runtime.StartAsync(Cancellation);

        Assert.Single(await test.Runtime.Store.ListAsync(Cancellation));
    }

    [Fact]
    public void Create_OptionOutOfRange_FailsAtOnce() =>
        Assert.Throws<OptionsValidationException>(() => EdgeRuntime.Create(options => options.Inference.CpuThreads = -1));

    private IHost Build(Action<IEdgeAIBuilder>? build, params (string Key, string? Value)[] settings)
    {
        var app = Host.CreateEmptyApplicationBuilder(null);
        app.Configuration["EdgeAI:DataDirectory"] = _folder.Combine("data");
        app.Configuration["EdgeAI:Inference:KeepAlive"] = "00:00:00";
        foreach (var (key, value) in settings)
        {
            app.Configuration[key] = value;
        }

        app.Services.AddSingleton<IExecutionProvider>(_provider);
        var builder = app.Services.AddEdgeAI();
        build?.Invoke(builder);
        return app.Build();
    }

    private sealed class OwnScheme : IModelSourceScheme
    {
        public IReadOnlyCollection<string> Schemes => ["own"];

        public ValueTask<ModelSource> OpenAsync(ModelAddress address, ModelSourceContext context, CancellationToken cancellationToken = default) =>
            new(ModelSource.FromMemory(TestModels.Add.Content));
    }
}
