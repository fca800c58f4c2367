using EdgeAI.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeAI.DependencyInjection;

internal sealed record EdgeAIBuilder(IServiceCollection Services, string? Name) : IEdgeAIBuilder;
