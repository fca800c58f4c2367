using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Sources;

#pragma warning disable IDE0130 // Where users of dependency injection look for Add… methods.
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>Says what an EdgeAI instance has and does from its start.</summary>
public static class EdgeAIBuilderExtensions
{
    /// <summary>Imports a model from a file or an address at the app's start, when the store has none under that name.</summary>
    /// <param name="builder">The instance.</param>
    /// <param name="model">The name to give.</param>
    /// <param name="path">
    /// The model file, or an address such as <c>hf:org/repo/model.onnx</c> or <c>https://host/model.onnx#sha256:…</c>: see <see cref="ModelSource.Parse"/>.
    /// </param>
    /// <returns>The same builder.</returns>
    public static IEdgeAIBuilder AddModel(this IEdgeAIBuilder builder, ModelReference model, string path)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var added = new ModelOptions { Name = model.ToString() };
        _ = ModelAddress.HasScheme(path) ? added.Source = path : added.Path = path;
        return builder.Configure(options => options.Models.Add(added));
    }

    /// <summary>Adds a kind of place that models can be imported from by address, beside files, web servers, the Hugging Face Hub and Ollama's folder.</summary>
    /// <typeparam name="TScheme">Who opens the addresses; made by the app's services.</typeparam>
    /// <param name="builder">The instance.</param>
    /// <returns>The same builder.</returns>
    public static IEdgeAIBuilder AddModelSource<[System.Diagnostics.CodeAnalysis.DynamicallyAccessedMembers(
        System.Diagnostics.CodeAnalysis.DynamicallyAccessedMemberTypes.PublicConstructors)] TScheme>(this IEdgeAIBuilder builder)
        where TScheme : class, IModelSourceScheme
    {
        ArgumentNullException.ThrowIfNull(builder);
        _ = builder.Name is null
            ? builder.Services.AddSingleton<IModelSourceScheme, TScheme>()
            : builder.Services.AddKeyedSingleton<IModelSourceScheme, TScheme>(builder.Name);
        return builder;
    }

    /// <summary>Limits how fast bytes move to and from other machines.</summary>
    /// <param name="builder">The instance.</param>
    /// <param name="up">The most that goes out, such as <c>20Mbps</c> (bits) or <c>2.5MB/s</c> (bytes); null for no limit.</param>
    /// <param name="down">The most that comes in; null for no limit.</param>
    /// <returns>The same builder.</returns>
    public static IEdgeAIBuilder LimitBandwidth(this IEdgeAIBuilder builder, string? up = null, string? down = null) => builder.Configure(options =>
    {
        options.Storage.Bandwidth.Up = up;
        options.Storage.Bandwidth.Down = down;
    });

    /// <summary>Loads a model at the app's start, and keeps it loaded.</summary>
    /// <param name="builder">The instance.</param>
    /// <param name="model">The model.</param>
    /// <returns>The same builder.</returns>
    public static IEdgeAIBuilder Prewarm(this IEdgeAIBuilder builder, ModelReference model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return builder.Configure(options => options.Models.Add(new ModelOptions { Name = model.ToString(), Prewarm = true }));
    }

    /// <summary>Adds an execution provider. Providers are asked in the order in which they are added; the built-in CPU provider comes last.</summary>
    /// <typeparam name="TProvider">The provider; made by the app's services.</typeparam>
    /// <param name="builder">The instance.</param>
    /// <returns>The same builder.</returns>
    public static IEdgeAIBuilder AddExecutionProvider<[System.Diagnostics.CodeAnalysis.DynamicallyAccessedMembers(
        System.Diagnostics.CodeAnalysis.DynamicallyAccessedMemberTypes.PublicConstructors)] TProvider>(this IEdgeAIBuilder builder)
        where TProvider : class, IExecutionProvider
    {
        ArgumentNullException.ThrowIfNull(builder);
        _ = builder.Name is null
            ? builder.Services.AddSingleton<IExecutionProvider, TProvider>()
            : builder.Services.AddKeyedSingleton<IExecutionProvider, TProvider>(builder.Name);
        return builder;
    }

    internal static IEdgeAIBuilder Configure(this IEdgeAIBuilder builder, Action<EdgeAIOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Configure(builder.Name ?? Options.Options.DefaultName, configure);
        return builder;
    }
}
