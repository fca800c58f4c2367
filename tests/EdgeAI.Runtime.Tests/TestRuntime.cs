using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeAI.Runtime.Tests;

/// <summary>An instance in a directory of its own.</summary>
internal sealed class TestRuntime : IAsyncDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public TestRuntime(Action<EdgeAIOptions>? configure = null, Action<IEdgeAIBuilder>? build = null) => Runtime = EdgeRuntime.Create(
        options =>
        {
            options.DataDirectory = _folder.Combine("data");
            configure?.Invoke(options);
        },
        build);

    public EdgeRuntime Runtime { get; }

    public string DataDirectory => _folder.Combine("data");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>An instance that runs on a provider's devices as long as they can. Otherwise a load or a run that the test holds up makes the processor look nearer.</summary>
    public static TestRuntime On(IExecutionProvider provider, Action<EdgeAIOptions>? configure = null, Action<IEdgeAIBuilder>? build = null) => new(
        options =>
        {
            options.Inference.PowerPolicy = PowerPolicy.Efficient;
            configure?.Invoke(options);
        },
        builder =>
        {
            builder.Services.AddSingleton(provider);
            build?.Invoke(builder);
        });

    /// <summary>Imports a model of the catalogue under its own name.</summary>
    public async Task ImportAsync(TestModel model)
    {
        using var source = new TemporaryDirectory();
        await Runtime.Store.ImportAsync(model.Name, ModelSource.FromFile(model.Save(source)), null, Cancellation);
    }

    /// <summary>Imports and loads a model of the catalogue.</summary>
    public async Task<IModelLease> LoadAsync(TestModel model)
    {
        await ImportAsync(model);
        return await Runtime.Engine.LoadAsync(model.Name, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await Runtime.DisposeAsync();
        _folder.Dispose();
    }
}
