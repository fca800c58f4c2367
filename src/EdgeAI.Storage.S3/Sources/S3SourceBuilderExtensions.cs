using EdgeAI.Configuration;
using EdgeAI.Sources;
using EdgeAI.Storage.S3;
using EdgeAI.Storage.S3.Sources;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

#pragma warning disable IDE0130 // Where users of dependency injection look for Add… methods.
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>Lets an EdgeAI instance import models from S3-compatible object storage.</summary>
public static class S3SourceBuilderExtensions
{
    /// <summary>Lets models be imported from <c>s3://bucket/key</c>, or from another scheme that the options give.</summary>
    /// <param name="builder">The instance.</param>
    /// <param name="configure">Says where objects are, and who asks; null for what the AWS chain finds.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="S3SourceOptionsException">An option is out of its range.</exception>
    public static IEdgeAIBuilder AddS3Source(this IEdgeAIBuilder builder, Action<S3SourceOptions>? configure = null)
    {
        var options = new S3SourceOptions();
        configure?.Invoke(options);
        return builder.AddS3Source(options);
    }

    /// <summary>Lets models be imported from S3 as a configuration section says, which has the properties of <see cref="S3SourceOptions"/>.</summary>
    /// <param name="builder">The instance.</param>
    /// <param name="section">The section. Empty for what the AWS chain finds.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="S3SourceOptionsException">An option is unknown, or out of its range.</exception>
    public static IEdgeAIBuilder AddS3Source(this IEdgeAIBuilder builder, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        var options = new S3SourceOptions();
        S3OptionsSection.Read(section, typeof(S3SourceOptions), () => section.Bind(options), problem => new S3SourceOptionsException(section[nameof(S3SourceOptions.Scheme)] ?? options.Scheme, problem));
        return builder.AddS3Source(options);
    }

    private static IEdgeAIBuilder AddS3Source(this IEdgeAIBuilder builder, S3SourceOptions options)
    {
        ArgumentNullException.ThrowIfNull(builder);

        // Made once before, so that a mistake is heard where it is made; the container makes its own, and ends it.
        new S3ModelSourceScheme(options).Dispose();
        _ = builder.Name is null
            ? builder.Services.AddSingleton<IModelSourceScheme>(provider => Make(provider, options))
            : builder.Services.AddKeyedSingleton<IModelSourceScheme>(builder.Name, (provider, _) => Make(provider, options));
        return builder;
    }

    private static S3ModelSourceScheme Make(IServiceProvider provider, S3SourceOptions options) =>
        new(options, provider.GetService<TimeProvider>(), provider.GetService<ILogger<S3ModelSourceScheme>>());
}
