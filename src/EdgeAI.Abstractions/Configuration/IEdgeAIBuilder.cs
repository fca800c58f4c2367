using Microsoft.Extensions.DependencyInjection;

namespace EdgeAI.Configuration;

/// <summary>What <c>AddEdgeAI</c> returns, for further <c>Add…</c> calls on the same instance.</summary>
public interface IEdgeAIBuilder
{
    /// <summary>The services that the calls register with.</summary>
    IServiceCollection Services { get; }

    /// <summary>The name of the instance, which is also the key of its services; null for the default instance, whose services have no key.</summary>
    string? Name { get; }
}
