using System.ComponentModel.DataAnnotations;

namespace EdgeAI.Storage.S3.Sources;

/// <summary>How models at <c>s3://bucket/key</c> are fetched. Bindable from configuration; read once. All defaults are what the AWS command line does.</summary>
public sealed class S3SourceOptions : IValidatableObject
{
    /// <summary>What addresses begin with, in lowercase: <c>s3</c>, the default, or for a further place one of its own, such as <c>minio</c> for <c>minio://bucket/key</c>.</summary>
    public string Scheme { get; set; } = "s3";

    /// <summary>
    /// The addresses of gateways, such as <c>https://s3.example.org</c>, all with the same objects: the first one that is well is used. Empty, the default, for the variable <c>AWS_ENDPOINT_URL_S3</c> or
    /// <c>AWS_ENDPOINT_URL</c>, and without those for AWS itself.
    /// </summary>
    public IList<Uri> Endpoints { get; } = [];

    /// <summary>The region. Null, the default, for what the AWS chain finds; with an endpoint, for the variable <c>AWS_REGION</c> or <c>AWS_DEFAULT_REGION</c>, or <c>us-east-1</c>.</summary>
    public string? Region { get; set; }

    /// <summary>The access key; null, the default, for what the AWS chain finds (environment, profile, container or machine role). Never logged.</summary>
    public string? AccessKey { get; set; }

    /// <summary>The secret key that goes with <see cref="AccessKey"/>. Never logged.</summary>
    public string? SecretKey { get; set; }

    /// <summary>Whether requests are not signed, for buckets that anyone may read. Default false.</summary>
    public bool Anonymous { get; set; }

    /// <summary>Whether the bucket stands in the path instead of the host's name; null, the default, for yes with an endpoint, and no with AWS itself.</summary>
    public bool? ForcePathStyle { get; set; }

    /// <summary>How long a request may take until its answer begins; more than zero, default 30 s. How long an answer may pause, and how often a download is tried again, are <c>Storage:Sources</c>' options.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Scheme.Length < 2 || !char.IsAsciiLetterLower(Scheme[0]) || !Scheme.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character is '+' or '-' or '.'))
        {
            yield return new($"Scheme is '{Scheme}'; it must be two or more lowercase letters, digits, '+', '-' and '.', beginning with a letter.", [nameof(Scheme)]);
        }

        if (Endpoints.Any(endpoint => !S3ClusterOptions.IsPlain(endpoint)))
        {
            // What stands before an @ may be a secret.
            yield return new("Each of Endpoints must be an http or https address without user and query, such as 'https://s3.example.org'.", [nameof(Endpoints)]);
        }

        if (AccessKey is null != SecretKey is null)
        {
            yield return new("AccessKey and SecretKey must be given both, or neither.", [nameof(AccessKey), nameof(SecretKey)]);
        }

        if (Anonymous && AccessKey is not null)
        {
            yield return new("Anonymous is set with an AccessKey; give one of them.", [nameof(Anonymous)]);
        }

        if (RequestTimeout <= TimeSpan.Zero)
        {
            yield return new($"RequestTimeout is {RequestTimeout}; it must be more than zero.", [nameof(RequestTimeout)]);
        }
    }
}
