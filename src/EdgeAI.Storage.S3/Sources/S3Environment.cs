using EdgeAI.Sources;

namespace EdgeAI.Storage.S3.Sources;

/// <summary>What the environment says about S3, in the variables that AWS's own tools read.</summary>
internal static class S3Environment
{
    private const string DefaultRegion = "us-east-1";

    /// <summary>The region for clusters that have an address of their own.</summary>
    public static string Region => Find("AWS_REGION") ?? Find("AWS_DEFAULT_REGION") ?? DefaultRegion;

    /// <summary>The endpoints that the options give, or the one that the environment gives; none for AWS itself.</summary>
    /// <exception cref="ModelSourceException">The environment's is not an address.</exception>
    public static IReadOnlyList<Uri> FindEndpoint(S3SourceOptions options, string display)
    {
        if (options.Endpoints.Count > 0)
        {
            return [.. options.Endpoints];
        }

        var isIgnored = string.Equals(Find("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), "true", StringComparison.OrdinalIgnoreCase);
        var variable = Find("AWS_ENDPOINT_URL_S3") is not null ? "AWS_ENDPOINT_URL_S3" : "AWS_ENDPOINT_URL";
        return isIgnored || Find(variable) is not { } address ? []
            : Uri.TryCreate(address, UriKind.Absolute, out var uri) && S3ClusterOptions.IsPlain(uri) ? [uri]
            : throw new ModelSourceException(display, $"'{display}' can't be fetched: the variable {variable} is not an http or https address without user and query. Correct it.");
    }

    private static string? Find(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}
