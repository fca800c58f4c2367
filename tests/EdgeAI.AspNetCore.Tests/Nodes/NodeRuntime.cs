using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeAI.AspNetCore.Tests.Nodes;

/// <summary>An instance on another node, without a host of its own.</summary>
internal sealed class NodeRuntime : IAsyncDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public NodeRuntime(Action<IStorageBuilder> storage) =>
        Runtime = EdgeRuntime.Create(options => options.DataDirectory = _folder.Combine("data"), builder => builder.AddStorage(storage));

    public EdgeRuntime Runtime { get; }

    public async Task ImportAsync(TestModel model)
    {
        using var source = new TemporaryDirectory();
        await Runtime.Store.ImportAsync(model.Name, ModelSource.FromFile(model.Save(source)), null, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Runtime.DisposeAsync();
        _folder.Dispose();
    }
}
