namespace EdgeAI.AspNetCore.Configuration;

/// <summary>The authorization policies of the endpoints. An app may replace one by registering its own under the same name after <c>AddServing</c>.</summary>
public static class ServingPolicies
{
    /// <summary>For <see cref="ServingScopes.Infer"/>: <c>EdgeAI.Infer</c>.</summary>
    public const string Infer = "EdgeAI.Infer";

    /// <summary>For <see cref="ServingScopes.Manage"/>: <c>EdgeAI.Manage</c>.</summary>
    public const string Manage = "EdgeAI.Manage";

    /// <summary>For <see cref="ServingScopes.ReadStore"/>: <c>EdgeAI.ReadStore</c>.</summary>
    public const string ReadStore = "EdgeAI.ReadStore";

    /// <summary>For <see cref="ServingScopes.WriteStore"/>: <c>EdgeAI.WriteStore</c>.</summary>
    public const string WriteStore = "EdgeAI.WriteStore";

    /// <summary>For <see cref="ServingScopes.Metrics"/>: <c>EdgeAI.Metrics</c>.</summary>
    public const string Metrics = "EdgeAI.Metrics";
}
