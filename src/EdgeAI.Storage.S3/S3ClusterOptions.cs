using System.ComponentModel.DataAnnotations;

namespace EdgeAI.Storage.S3;

/// <summary>Where an S3-compatible cluster is, and how to use it. Bindable from configuration; read once, when the tier is made.</summary>
public sealed class S3ClusterOptions : IValidatableObject
{
    private const int MinPartLength = 5 << 20;
    private const int MaxPartLength = 512 << 20;

    /// <summary>
    /// The addresses of the cluster's gateways, such as <c>https://s3.example.org</c>: all of one cluster, with the same objects. The first one that is well is used; when it fails the next one goes on, and it is asked again later.
    /// Empty, the default, for AWS itself in <see cref="Region"/>.
    /// </summary>
    public IList<Uri> Endpoints { get; } = [];

    /// <summary>
    /// An address in front of the bucket, such as <c>https://cdn.example.org/models</c>: packs and manifests, which never change, and plans, of which an old one is noticed, are read there by ranges, at that
    /// address followed by <c>/</c> and the object's key in the bucket. What fails there, or turns out to be damaged, is read from <see cref="Endpoints"/>. Null, the default, for none.
    /// </summary>
    public Uri? ReadEndpoint { get; set; }

    /// <summary>
    /// Whether reads at <see cref="ReadEndpoint"/> are signed, in the query and for a quarter of an hour; false, the default, where anyone may read. They are signed for the first of <see cref="Endpoints"/>, under
    /// whose host's name the one in front must ask the bucket; it must pass the query on, and leave it out of what it remembers objects by.
    /// </summary>
    public bool PresignReads { get; set; }

    /// <summary>How long <see cref="ReadEndpoint"/> may send nothing before the gateways are asked; more than zero, default 3 s.</summary>
    public TimeSpan ReadEndpointTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>The bucket, which must exist. Its versioning must be off, or two writers of a name may both win. Required.</summary>
    public string Bucket { get; set; } = string.Empty;

    /// <summary>What all keys in the bucket begin with, such as <c>models/</c>; empty, the default, for nothing.</summary>
    public string Prefix { get; set; } = string.Empty;

    /// <summary>The region, which is part of each signature. Default <c>us-east-1</c>, which clusters that have none take.</summary>
    public string Region { get; set; } = "us-east-1";

    /// <summary>The access key; null, the default, for what the AWS chain finds (environment, profile, container or machine role). Never logged.</summary>
    public string? AccessKey { get; set; }

    /// <summary>The secret key that goes with <see cref="AccessKey"/>. Never logged.</summary>
    public string? SecretKey { get; set; }

    /// <summary>The storage class of new objects, such as <c>STANDARD_IA</c> or one that the cluster defines; null, the default, for the bucket's own.</summary>
    public string? StorageClass { get; set; }

    /// <summary>Whether the bucket stands in the path instead of the host's name. Default true: clusters want it.</summary>
    public bool ForcePathStyle { get; set; } = true;

    /// <summary>Objects longer than this are written in parts of this length, and ranges longer than this are read in such pieces at once, in bytes; 5 MiB to 512 MiB, default 8 MiB.</summary>
    public int PartLength { get; set; } = 8 << 20;

    /// <summary>How many parts or ranges of one object move at once; 1 to 64, default 4. Each takes <see cref="PartLength"/> bytes of memory while it is written.</summary>
    public int MaxParallelParts { get; set; } = 4;

    /// <summary>How long one request may take, the transfer of one part included; more than zero, default 30 s.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a request is tried again after a passing failure, over all endpoints; 0 to 20, default 4. The waits between begin at a tenth of a second, double, and vary by half.</summary>
    public int MaxRetries { get; set; } = 4;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrWhiteSpace(Bucket))
        {
            yield return new("Bucket must be given: the name of a bucket that exists.", [nameof(Bucket)]);
        }

        foreach (var endpoint in Endpoints)
        {
            if (!IsPlain(endpoint))
            {
                // What stands before an @ may be a secret.
                yield return new("Each of Endpoints must be an http or https address without user and query, such as 'https://s3.example.org'.", [nameof(Endpoints)]);
            }
        }

        if (ReadEndpoint is { } read && (!IsPlain(read) || read.Fragment.Length > 0))
        {
            yield return new("ReadEndpoint must be an http or https address without user and query, such as 'https://cdn.example.org/models'.", [nameof(ReadEndpoint)]);
        }

        if (PresignReads && ReadEndpoint is null)
        {
            yield return new("PresignReads is set without a ReadEndpoint; requests to Endpoints are always signed.", [nameof(PresignReads)]);
        }

        if (ReadEndpointTimeout <= TimeSpan.Zero)
        {
            yield return new($"ReadEndpointTimeout is {ReadEndpointTimeout}; it must be more than zero.", [nameof(ReadEndpointTimeout)]);
        }

        if (Prefix.Length > 0 && !Prefix.EndsWith('/'))
        {
            yield return new($"Prefix is '{Prefix}'; it must be empty or end with '/'.", [nameof(Prefix)]);
        }

        if (AccessKey is null != SecretKey is null)
        {
            yield return new("AccessKey and SecretKey must be given both, or neither.", [nameof(AccessKey), nameof(SecretKey)]);
        }

        if (PartLength is < MinPartLength or > MaxPartLength)
        {
            yield return new($"PartLength is {PartLength}; it must be {MinPartLength} to {MaxPartLength}.", [nameof(PartLength)]);
        }

        if (MaxParallelParts is < 1 or > 64)
        {
            yield return new($"MaxParallelParts is {MaxParallelParts}; it must be 1 to 64.", [nameof(MaxParallelParts)]);
        }

        if (RequestTimeout <= TimeSpan.Zero)
        {
            yield return new($"RequestTimeout is {RequestTimeout}; it must be more than zero.", [nameof(RequestTimeout)]);
        }

        if (MaxRetries is < 0 or > 20)
        {
            yield return new($"MaxRetries is {MaxRetries}; it must be 0 to 20.", [nameof(MaxRetries)]);
        }
    }

    internal static bool IsPlain(Uri address) =>
        address.IsAbsoluteUri && address.Scheme is "http" or "https" && address.UserInfo.Length == 0 && address.Query.Length == 0;
}
