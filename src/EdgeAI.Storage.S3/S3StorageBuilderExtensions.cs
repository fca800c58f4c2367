using System.ComponentModel.DataAnnotations;
using EdgeAI.Configuration;
using EdgeAI.Storage;
using EdgeAI.Storage.S3;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

#pragma warning disable IDE0130 // Where users of dependency injection look for Add… methods.
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>Adds S3-compatible clusters to an EdgeAI instance's storage.</summary>
public static class S3StorageBuilderExtensions
{
    /// <summary>Adds a cluster. The first one added is the primary, the others are backups, in order.</summary>
    /// <param name="builder">The storage.</param>
    /// <param name="name">Its name, unique within the store. What is still to be sent to it is kept under this name, so keep it.</param>
    /// <param name="configure">Says where it is, and how to use it.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="S3ClusterOptionsException">An option is missing or out of its range.</exception>
    public static IStorageBuilder AddS3Cluster(this IStorageBuilder builder, string name, Action<S3ClusterOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new S3ClusterOptions();
        configure(options);
        return builder.AddS3Cluster(name, options);
    }

    /// <summary>
    /// Adds the clusters of a configuration section, such as <c>EdgeAI:Storage:Clusters</c>: one for each part of it, called as that is, with the properties of <see cref="S3ClusterOptions"/>. The first is the
    /// primary, the others are backups, in the section's order; <see cref="IConfiguration"/> orders by name, numbers first.
    /// </summary>
    /// <param name="builder">The storage.</param>
    /// <param name="clusters">The section. Empty adds nothing.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="S3ClusterOptionsException">An option is unknown, missing, or out of its range.</exception>
    public static IStorageBuilder AddS3Clusters(this IStorageBuilder builder, IConfiguration clusters)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(clusters);
        foreach (var section in clusters.GetChildren())
        {
            builder.AddS3Cluster(section.Key, Read(section));
        }

        return builder;
    }

    private static IStorageBuilder AddS3Cluster(this IStorageBuilder builder, string name, S3ClusterOptions options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (options.Validate(new ValidationContext(options, nameof(S3ClusterOptions), null, null)).FirstOrDefault() is { } problem)
        {
            throw new S3ClusterOptionsException(name, problem.ErrorMessage!);
        }

        // The container makes it when the store is first asked for, and ends it.
        var key = (builder.Name, name);
        builder.Services.AddKeyedSingleton(
            key, (provider, _) => new S3Tier(name, options, provider.GetService<TimeProvider>(), provider.GetService<ILogger<S3Tier>>()));
        return builder.AddCluster(provider => new StorageCluster(name, provider.GetRequiredKeyedService<S3Tier>(key)));
    }

    private static S3ClusterOptions Read(IConfigurationSection section)
    {
        var options = new S3ClusterOptions();
        S3OptionsSection.Read(section, typeof(S3ClusterOptions), () => section.Bind(options), problem => new S3ClusterOptionsException(section.Key, problem));
        return options;
    }
}
