namespace EdgeAI.Storage.S3;

/// <summary>What a bucket does by itself with a tier's objects as they get older. At least one of the three ages must be given.</summary>
public sealed record S3LifecycleRule
{
    /// <summary>Its name, unique among the tier's rules: 1 to 64 letters, digits, '-' and '_'.</summary>
    public required string Id { get; init; }

    /// <summary>What the keys of its objects begin with, without the cluster's own prefix, such as <c>packs/</c>. Empty, the default, for all of the tier's objects.</summary>
    public string Prefix { get; init; } = string.Empty;

    /// <summary>How many days after they were written objects go to <see cref="StorageClass"/>; 1 or more, or null, the default, for never.</summary>
    public int? TransitionAfterDays { get; init; }

    /// <summary>The storage class that old objects go to, such as <c>GLACIER_IR</c>. Its objects must be readable at once. Given with <see cref="TransitionAfterDays"/>, or null.</summary>
    public string? StorageClass { get; init; }

    /// <summary>
    /// How many days after they were written objects are deleted, whether or not models need them; 1 or more, or null, the default, for never. Only with a <see cref="Prefix"/>, and only where no store keeps its
    /// packs, manifests, signatures and names.
    /// </summary>
    public int? ExpireAfterDays { get; init; }

    /// <summary>How many days after their begin writes in parts that were broken off are deleted; 1 or more, or null, the default, for never.</summary>
    public int? AbortUploadsAfterDays { get; init; }
}
