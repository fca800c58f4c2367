using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Providers;
using EdgeAI.Runtime.Tests.Loading;
using EdgeAI.Storage;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace EdgeAI.Runtime.Tests.DependencyInjection;

public sealed class RegistrationTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Dispose_WithoutWaiting_DisposesTheInstanceToo()
    {
        using var folder = new TemporaryDirectory();
        var services = new ServiceCollection();
        services.AddEdgeAI(options => options.DataDirectory = folder.Path);
        var provider = services.BuildServiceProvider();
        _ = provider.GetRequiredService<EdgeRuntime>();

        provider.Dispose();

        Assert.Throws<ObjectDisposedException>(() => provider.GetRequiredService<IInferenceEngine>());
    }

    [Fact]
    public async Task AddEdgeAI_Default_GivesOneOfEach()
    {
        var services = new ServiceCollection();
        var builder = services.AddEdgeAI(UseFolder);
        await using var provider = services.BuildServiceProvider();

        Assert.Same(services, builder.Services);
        Assert.Null(builder.Name);
        Assert.Same(provider.GetRequiredService<IModelStore>(), provider.GetRequiredService<EdgeRuntime>().Store);
        Assert.Same(provider.GetRequiredService<IInferenceEngine>(), provider.GetRequiredService<EdgeRuntime>().Engine);
    }

    [Fact]
    public async Task AddEdgeAI_Twice_IsHarmless()
    {
        var services = new ServiceCollection();
        services.AddEdgeAI(UseFolder);
        services.AddEdgeAI(options => options.Inference.CpuThreads = 3);
        await using var provider = services.BuildServiceProvider();

        Assert.Single(provider.GetServices<IModelStore>());
        Assert.Single(provider.GetServices<IInferenceEngine>());
        Assert.Single(provider.GetServices<Microsoft.Extensions.Hosting.IHostedService>(), service => service.GetType().Namespace!.StartsWith("EdgeAI", StringComparison.Ordinal));
        Assert.Equal((3, _folder.Path), (OptionsOf(provider).Inference.CpuThreads, OptionsOf(provider).DataDirectory));
    }

    [Fact]
    public async Task AddEdgeAI_OwnStoreRegistered_Wins()
    {
        var own = ModelStore.Open(_folder.Combine("own"));
        var services = new ServiceCollection().AddSingleton<IModelStore>(own);
        services.AddEdgeAI(UseFolder);
        await using var provider = services.BuildServiceProvider();

        Assert.Same(own, provider.GetRequiredService<EdgeRuntime>().Store);
    }

    [Fact]
    public async Task AddEdgeAI_NamedInstances_ShareNothing()
    {
        var services = new ServiceCollection();
        services.AddEdgeAI("left", options => options.DataDirectory = _folder.Combine("left"));
        services.AddEdgeAI("right", options => options.DataDirectory = _folder.Combine("right"));
        await using var provider = services.BuildServiceProvider();
        var (left, right) = (provider.GetRequiredKeyedService<EdgeRuntime>("left"), provider.GetRequiredKeyedService<EdgeRuntime>("right"));
        await left.Store.ImportAsync("m:1", Models.ModelSource.FromMemory(TestModels.Add.Content), null, Cancellation);

        Assert.NotSame(left.Engine, right.Engine);
        Assert.Single(await left.Store.ListAsync(Cancellation));
        Assert.Empty(await right.Store.ListAsync(Cancellation));
        Assert.Null(provider.GetService<IModelStore>());
        await using var lease = await left.Engine.LoadAsync("m:1", Cancellation);
        using var outputs = lease.Run(TestModels.Add.CreateInputs(), Cancellation);
        Assert.Equal([11f, 22f], outputs.GetTensor("y").ToArray<float>());
    }

    [Fact]
    public async Task AddEdgeAI_Configuration_IsReadAndCodeWins()
    {
        var services = new ServiceCollection().AddSingleton(Configuration());
        services.AddEdgeAI(options => options.Storage.CompressionLevel = 7);
        await using var provider = services.BuildServiceProvider();
        var options = OptionsOf(provider);

        Assert.Equal(_folder.Path, options.DataDirectory);
        Assert.Equal(TimeSpan.FromMinutes(10), options.Inference.KeepAlive);
        Assert.Equal((2, WeightPacking.Never), (options.Inference.CpuThreads, options.Inference.WeightPacking));
        Assert.Equal((7, TimeSpan.FromSeconds(30)), (options.Storage.CompressionLevel, options.Storage.LockTimeout));
        var model = Assert.Single(options.Models);
        Assert.Equal(("ocr/det:v4", "det.onnx", true), (model.Name, model.Path, model.Prewarm));
    }

    [Fact]
    public async Task AddEdgeAI_Section_IsTheOnlyOneRead()
    {
        var services = new ServiceCollection();
        services.AddEdgeAI(Configuration().GetSection("EdgeAI"));
        await using var provider = services.BuildServiceProvider();

        Assert.Equal((2, 5), (OptionsOf(provider).Inference.CpuThreads, OptionsOf(provider).Storage.CompressionLevel));
    }

    [Fact]
    public async Task AddExecutionProvider_OfANamedInstance_IsAskedThereOnly()
    {
        var services = new ServiceCollection();
        services.AddEdgeAI("special", options => options.DataDirectory = _folder.Combine("special")).AddExecutionProvider<RefusingProvider>();
        services.AddEdgeAI(options => options.DataDirectory = _folder.Combine("plain"));
        await using var provider = services.BuildServiceProvider();

        Assert.Empty(provider.GetServices<IExecutionProvider>());
        Assert.IsType<RefusingProvider>(Assert.Single(provider.GetKeyedServices<IExecutionProvider>("special")));
    }

    [Fact]
    public async Task AddExecutionProvider_Added_ComesBeforeTheProcessor()
    {
        var services = new ServiceCollection();
        services.AddEdgeAI(UseFolder).AddExecutionProvider<RefusingProvider>();
        await using var provider = services.BuildServiceProvider();
        var runtime = provider.GetRequiredService<EdgeRuntime>();
        await runtime.Store.ImportAsync("m:1", Models.ModelSource.FromMemory(TestModels.UnknownOperator.Content), null, Cancellation);

        var exception = await Assert.ThrowsAsync<ModelLoadException>(async () => await runtime.Engine.LoadAsync("m:1", Cancellation));

        Assert.Equal("refusing:0, cpu:0", exception.Device);
    }

    private static EdgeAIOptions OptionsOf(ServiceProvider provider) => provider.GetRequiredService<IOptions<EdgeAIOptions>>().Value;

    private void UseFolder(EdgeAIOptions options) => options.DataDirectory = _folder.Path;

    private IConfiguration Configuration() => new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["EdgeAI:DataDirectory"] = _folder.Path,
        ["EdgeAI:Inference:KeepAlive"] = "00:10:00",
        ["EdgeAI:Inference:CpuThreads"] = "2",
        ["EdgeAI:Inference:WeightPacking"] = "Never",
        ["EdgeAI:Storage:CompressionLevel"] = "5",
        ["EdgeAI:Storage:LockTimeout"] = "00:00:30",
        ["EdgeAI:Models:0:Name"] = "ocr/det:v4",
        ["EdgeAI:Models:0:Path"] = "det.onnx",
        ["EdgeAI:Models:0:Prewarm"] = "true",
    }).Build();
}
