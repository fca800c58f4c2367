using System.ComponentModel.DataAnnotations;

namespace EdgeAI.Remote.Configuration;

/// <summary>Where a cluster of inference servers is, and how to use it. From the section <c>EdgeAI:RemoteClusters:NAME</c>, then from code; checked at the app's start.</summary>
public sealed class RemoteClusterOptions : IValidatableObject
{
    /// <summary>The configuration section under which clusters of the default instance have theirs: <c>EdgeAI:RemoteClusters</c>.</summary>
    public const string SectionName = "EdgeAI:RemoteClusters";

    /// <summary>How the servers are spoken to.</summary>
    /// <value>The default is <see cref="RemoteTransport.Grpc"/>.</value>
    [EnumDataType(typeof(RemoteTransport))]
    public RemoteTransport Transport { get; set; }

    /// <summary>The servers' addresses, such as <c>https://node-1.example.org:8001</c>; over REST what stands before <c>/v2</c>.</summary>
    public IList<Uri> Endpoints { get; } = [];

    /// <summary>One address whose host has several, all of the cluster; each is an endpoint, under the host's name for TLS.</summary>
    /// <value>The default is null: none.</value>
    public Uri? Dns { get; set; }

    /// <summary>
    /// A service's name with its scheme, such as <c>https://edge-cloud</c> or <c>https://_grpc.edge-cloud</c>, which the app's service discovery resolves (<c>services.AddServiceDiscovery()</c>, Microsoft.Extensions.ServiceDiscovery).
    /// </summary>
    /// <value>The default is null: none.</value>
    public Uri? Service { get; set; }

    /// <summary>How often <see cref="Dns"/>, <see cref="Service"/> or an <see cref="Discovery.IRemoteEndpointSource"/> is asked again.</summary>
    /// <value>The default is 30 seconds. More than zero.</value>
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The key to show; null, the default, for none. Never logged.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The header that <see cref="ApiKey"/> goes into; in <c>Authorization</c> it stands behind <c>Bearer</c>.</summary>
    /// <value>The default is <c>Authorization</c>.</value>
    public string ApiKeyHeader { get; set; } = "Authorization";

    /// <summary>Certificates.</summary>
    public RemoteTlsOptions Tls { get; set; } = new();

    /// <summary>How long connecting may take.</summary>
    /// <value>The default is 2 seconds. More than zero.</value>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long one try of a run may take at one endpoint.</summary>
    /// <value>The default is 30 seconds. More than zero.</value>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often each endpoint is asked whether it is ready.</summary>
    /// <value>The default is 1 second. More than zero.</value>
    public TimeSpan HealthInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long it may take to answer that. After two questions without an answer it is taken to be gone, and its runs go elsewhere.</summary>
    /// <value>The default is 1 second. More than zero.</value>
    public TimeSpan HealthTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a run is tried again, at another endpoint where there is one, when that is safe.</summary>
    /// <value>The default is 3. The range is 0 to 20.</value>
    public int MaxRetries { get; set; } = 3;

    /// <summary>
    /// When a run takes longer than this share of the latest runs of its model took, in percent, it is sent to a second endpoint too, and the first answer counts. 95 costs 5 % more runs at most.
    /// </summary>
    /// <value>The default is null: never. The range is 50 to 99.9.</value>
    public double? HedgingPercentile { get; set; }

    /// <summary>The share of an endpoint's runs of <see cref="BreakerWindow"/> that may fail before it gets none for <see cref="BreakerPause"/>.</summary>
    /// <value>The default is 0.5. The range is 0.01 to 1.</value>
    public double BreakerFailureRatio { get; set; } = 0.5;

    /// <summary>How many runs there must be in the window before their share counts.</summary>
    /// <value>The default is 10. At least 2.</value>
    public int BreakerMinimumRuns { get; set; } = 10;

    /// <summary>The time in which failures are counted.</summary>
    /// <value>The default is 10 seconds. At least 0.5 seconds.</value>
    public TimeSpan BreakerWindow { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an endpoint that failed too often is left alone; a health check that succeeds then brings it back.</summary>
    /// <value>The default is 5 seconds. At least 0.5 seconds.</value>
    public TimeSpan BreakerPause { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether a model that the cluster does not have ready is loaded there first, by the repository extension.</summary>
    /// <value>The default is false.</value>
    public bool LoadModels { get; set; }

    /// <summary>Whether models that the store has are asked for by the digest of their manifest, so that a tag that has moved on one side gives no other version's results. EdgeAI servers know digests.</summary>
    /// <value>The default is false.</value>
    public bool PinVersions { get; set; }

    /// <summary>The longest answer that is read, in bytes.</summary>
    /// <value>The default is 256 MiB. The range is 1 KiB to 2,000,000,000.</value>
    public long MaxResponseBytes { get; set; } = 256L << 20;

    /// <summary>How tensors go over REST.</summary>
    /// <value>The default is <see cref="RemoteTensorForm.Auto"/>.</value>
    [EnumDataType(typeof(RemoteTensorForm))]
    public RemoteTensorForm Tensors { get; set; }

    /// <summary>Models that are something else on the cluster than their references say, by reference, such as <c>ocr/det:v4</c>. In configuration a colon in a key is written as <c>@</c>: <c>ocr/det@v4</c>.</summary>
    public IDictionary<string, RemoteModelOptions> Models { get; } = new Dictionary<string, RemoteModelOptions>(StringComparer.Ordinal);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var endpoint in ((Uri?[])[.. Endpoints, Dns, Service]).OfType<Uri>())
        {
            if (!IsPlain(endpoint))
            {
                // What stands before an @ may be a secret.
                yield return new("Each of Endpoints, Dns and Service must be an http or https address without user, query and fragment, such as 'https://node-1.example.org:8001'.", [nameof(Endpoints)]);
            }
        }

        foreach (var (name, value) in Durations().Where(duration => duration.Value <= TimeSpan.Zero))
        {
            yield return new($"{name} is {value}; it must be more than zero.", [name]);
        }

        foreach (var (name, problem) in OutOfRange())
        {
            yield return new($"{name} is {problem}.", [name]);
        }

        if (string.IsNullOrWhiteSpace(ApiKeyHeader) || ApiKeyHeader.AsSpan().ContainsAny(": \r\n"))
        {
            yield return new("ApiKeyHeader must be the name of a header, such as 'Authorization' or 'X-Api-Key'.", [nameof(ApiKeyHeader)]);
        }

        if (ApiKey is not null && (ApiKey.Length == 0 || ApiKey.AsSpan().ContainsAnyExceptInRange('!', '~')))
        {
            yield return new("ApiKey must be of printable ASCII, without blanks.", [nameof(ApiKey)]);
        }

        foreach (var (name, path) in Files().Where(file => file.Path is not null && !File.Exists(file.Path)))
        {
            yield return new($"{name} is '{path}', and there is no such file.", [name]);
        }

        if (Tls.ClientKeyPath is not null && Tls.ClientCertificatePath is null)
        {
            yield return new("Tls:ClientKeyPath is given without Tls:ClientCertificatePath.", ["Tls:ClientKeyPath"]);
        }
    }

    private static bool IsPlain(Uri address) =>
        address.IsAbsoluteUri && address.Scheme is "http" or "https" && address.UserInfo.Length == 0 && address.Query.Length == 0 && address.Fragment.Length == 0;

    private IEnumerable<(string Name, TimeSpan Value)> Durations() =>
    [
        (nameof(RefreshInterval), RefreshInterval), (nameof(ConnectTimeout), ConnectTimeout), (nameof(RequestTimeout), RequestTimeout),
        (nameof(HealthInterval), HealthInterval), (nameof(HealthTimeout), HealthTimeout),
    ];

    private IEnumerable<(string Name, string? Path)> Files() =>
    [
        ("Tls:CaCertificatePath", Tls.CaCertificatePath), ("Tls:ClientCertificatePath", Tls.ClientCertificatePath), ("Tls:ClientKeyPath", Tls.ClientKeyPath),
    ];

    private IEnumerable<(string Name, string Problem)> OutOfRange()
    {
        if (MaxRetries is < 0 or > 20)
        {
            yield return (nameof(MaxRetries), $"{MaxRetries}; it must be 0 to 20");
        }

        if (HedgingPercentile is { } percentile && !(percentile is >= 50 and <= 99.9))
        {
            yield return (nameof(HedgingPercentile), $"{percentile}; it must be 50 to 99.9, or left out");
        }

        if (!(BreakerFailureRatio is >= 0.01 and <= 1))
        {
            yield return (nameof(BreakerFailureRatio), $"{BreakerFailureRatio}; it must be 0.01 to 1");
        }

        if (BreakerMinimumRuns < 2)
        {
            yield return (nameof(BreakerMinimumRuns), $"{BreakerMinimumRuns}; it must be at least 2");
        }

        if (BreakerWindow < TimeSpan.FromSeconds(0.5) || BreakerWindow > TimeSpan.FromDays(1))
        {
            yield return (nameof(BreakerWindow), $"{BreakerWindow}; it must be half a second to a day");
        }

        if (BreakerPause < TimeSpan.FromSeconds(0.5) || BreakerPause > TimeSpan.FromDays(1))
        {
            yield return (nameof(BreakerPause), $"{BreakerPause}; it must be half a second to a day");
        }

        if (MaxResponseBytes is < 1024 or > 2_000_000_000)
        {
            yield return (nameof(MaxResponseBytes), $"{MaxResponseBytes}; it must be 1024 to 2,000,000,000");
        }
    }
}
