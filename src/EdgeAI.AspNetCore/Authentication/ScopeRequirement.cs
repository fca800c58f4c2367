using Microsoft.AspNetCore.Authorization;

namespace EdgeAI.AspNetCore.Authentication;

/// <summary>The caller's key has a scope, or there are no keys and the caller is on this machine.</summary>
/// <param name="Scope">The scope.</param>
internal sealed record ScopeRequirement(string Scope) : IAuthorizationRequirement;
