using System.ComponentModel.DataAnnotations;
using EdgeAI.Storage;
using EdgeAI.Trust;
using Microsoft.Extensions.Options;

namespace EdgeAI.Configuration;

/// <summary>How models are kept.</summary>
public sealed class StorageOptions : IValidatableObject
{
    /// <summary>The Zstandard level for content that shrinks.</summary>
    /// <value>The default is 3; the range is 1 to 19.</value>
    [Range(1, 19)]
    public int CompressionLevel { get; set; } = 3;

    /// <summary>How long an operation waits for another process that holds the store, before it fails.</summary>
    /// <value>The default is 10 minutes; more than zero.</value>
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Whether hot files are compared with their checksums each time that a model is loaded; that reads all of them. Without it they are when their length or time of writing has changed, and by
    /// a verification of the store. Damaged ones are made again.
    /// </summary>
    /// <value>The default is false.</value>
    public bool VerifyHotFilesOnLoad { get; set; }

    /// <summary>
    /// How much memory decoded content may take that was read before and may be wanted again, such as <c>512MB</c>. See <see cref="ByteSize"/> for what can be written; as little as <c>1kB</c> keeps nothing.
    /// </summary>
    /// <value>The default is null, for the smaller of 2 GB and an eighth of the memory that the machine or the container has.</value>
    public string? CacheLimit { get; set; }

    /// <summary>How fast bytes may move to and from other machines.</summary>
    [ValidateObjectMembers]
    public BandwidthOptions Bandwidth { get; set; } = new();

    /// <summary>Over which disks of the machine the store spreads, and when models move between them.</summary>
    [ValidateObjectMembers]
    public TiersOptions Tiers { get; set; } = new();

    /// <summary>Where models come from when they are imported from elsewhere.</summary>
    [ValidateObjectMembers]
    public SourceOptions Sources { get; set; } = new();

    /// <summary>Whether a model that only a cluster has is pulled when it is loaded, laid out, opened, inspected or exported.</summary>
    /// <value>The default is true; it means nothing without clusters.</value>
    public bool PullOnUse { get; set; } = true;

    /// <summary>Whether the models that were used last are laid out again in the background at the app's start: as many as the hot tier holds.</summary>
    /// <value>The default is false.</value>
    public bool PrewarmWorkingSet { get; set; }

    /// <summary>Public keys whose signatures count, by names of your own.</summary>
    /// <value>The default is none.</value>
    public IDictionary<string, TrustedKeyOptions> TrustedKeys { get; } = new Dictionary<string, TrustedKeyOptions>(StringComparer.Ordinal);

    /// <summary>Whether a model must be signed with a trusted key before it is loaded, laid out, opened or exported, and before an archive of it is imported.</summary>
    /// <value>The default is false.</value>
    public bool RequireSignature { get; set; }

    /// <summary>Names in <see cref="TrustedKeys"/>: with <see cref="RequireSignature"/>, one of these keys must have signed.</summary>
    /// <value>The default is none, which stands for all trusted keys.</value>
    public IList<string> RequiredSigners { get; } = [];

    // Keys are read here, so that a wrong one is heard of at the app's start.
    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        foreach (var (name, key) in TrustedKeys)
        {
            if (FindProblem(key) is { } problem)
            {
                yield return new ValidationResult($"The key '{name}' is of no use. {problem}", [nameof(TrustedKeys)]);
            }
        }

        foreach (var name in RequiredSigners.Where(name => !TrustedKeys.ContainsKey(name)))
        {
            yield return new ValidationResult($"'{name}' is not among the TrustedKeys ({string.Join(", ", TrustedKeys.Keys.Order(StringComparer.Ordinal))}).", [nameof(RequiredSigners)]);
        }

        if (RequireSignature && TrustedKeys.Count == 0)
        {
            yield return new ValidationResult("RequireSignature is set and TrustedKeys is empty: no model could ever be used. Add the public key that models are signed with.", [nameof(RequireSignature)]);
        }

        if (CacheLimit is { } limit && !ByteSize.TryParse(limit, null, out _))
        {
            yield return new ValidationResult($"CacheLimit is '{limit}'; write a number and a unit, such as '512MB' or '2GiB'.", [nameof(CacheLimit)]);
        }

        if (!RequireSignature && RequiredSigners.Count > 0)
        {
            yield return new ValidationResult("RequiredSigners has names, and RequireSignature is not set: set it, or no signature is required.", [nameof(RequiredSigners)]);
        }
    }

    private static string? FindProblem(TrustedKeyOptions? key)
    {
        try
        {
            _ = (key ?? new TrustedKeyOptions()).Load();
            return null;
        }
        catch (InvalidModelKeyException exception)
        {
            return exception.Message;
        }
    }
}
