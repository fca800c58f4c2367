namespace EdgeAI.AspNetCore.Configuration;

/// <summary>What keys open, by the names that <see cref="ApiKeyOptions.Scopes"/> has.</summary>
public static class ServingScopes
{
    /// <summary>Run models, and read what they are: <c>infer</c>.</summary>
    public const string Infer = "infer";

    /// <summary>Load, import, pull, remove and pin models, and see the machine's state: <c>manage</c>.</summary>
    public const string Manage = "manage";

    /// <summary>Read the store's objects, as another node does that has this one as a tier: <c>read-store</c>.</summary>
    public const string ReadStore = "read-store";

    /// <summary>Write the objects that the host keeps for others: <c>write-store</c>.</summary>
    public const string WriteStore = "write-store";

    /// <summary>Read metrics: <c>metrics</c>.</summary>
    public const string Metrics = "metrics";

    internal static readonly string[] All = [Infer, Manage, ReadStore, WriteStore, Metrics];
}
