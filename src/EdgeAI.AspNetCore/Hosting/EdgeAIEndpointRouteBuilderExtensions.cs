using EdgeAI.AspNetCore.Configuration;
using EdgeAI.AspNetCore.Grpc;
using EdgeAI.AspNetCore.Hosting;
using EdgeAI.AspNetCore.Rest;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

#pragma warning disable IDE0130 // Where users of endpoint routing look for Map… methods.
namespace Microsoft.AspNetCore.Builder;
#pragma warning restore IDE0130

/// <summary>Maps EdgeAI into an app.</summary>
public static class EdgeAIEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps the open inference protocol v2, over REST and gRPC. All but health asks for a key with the right scope, or, where no keys are configured, for a caller on this machine.
    /// </summary>
    /// <param name="endpoints">The app.</param>
    /// <param name="configure">Says which endpoints, or null for all.</param>
    /// <returns>Conventions for all of them.</returns>
    /// <exception cref="InvalidOperationException"><c>AddServing</c> was not called for the instance.</exception>
    public static IEndpointConventionBuilder MapEdgeAI(this IEndpointRouteBuilder endpoints, Action<ServingEndpoints>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var wanted = new ServingEndpoints();
        configure?.Invoke(wanted);
        var instance = (wanted.Instance is null
            ? endpoints.ServiceProvider.GetService<ServingInstance>()
            : endpoints.ServiceProvider.GetKeyedService<ServingInstance>(wanted.Instance))
            ?? throw new InvalidOperationException("MapEdgeAI needs services of its own: call AddServing on what AddEdgeAI returns.");
        var group = endpoints.MapGroup(string.Empty);
        group.WithMetadata(new InstanceName(wanted.Instance));
        if (wanted.Rest)
        {
            MapRest(group, instance);
        }

        if (wanted.Grpc)
        {
            group.MapGrpcService<InferenceService>();
            group.MapGrpcService<HealthService>();
        }

        return group;
    }

    private static void MapRest(RouteGroupBuilder group, ServingInstance instance)
    {
        var server = new ServerEndpoints(instance.Options, instance.Health);
        Get(group, instance, "/v2/health/live", ServerEndpoints.GetLiveAsync).AllowAnonymous();
        Get(group, instance, "/v2/health/ready", server.GetReadyAsync).AllowAnonymous();
        Get(group, instance, "/v2", server.GetMetadataAsync).RequireAuthorization(ServingPolicies.Infer);

        var models = new ModelEndpoints(instance.Models, instance.Descriptions);
        Get(group, instance, "/v2/models/stats", models.GetAllStatisticsAsync).RequireAuthorization(ServingPolicies.Infer);
        Get(group, instance, "/v2/models/{**path}", models.GetAsync).RequireAuthorization(ServingPolicies.Infer);

        var infer = new InferEndpoint(instance.Models, instance.Runner, instance.Options.Limits);
        Post(group, instance, "/v2/models/{**path}", infer.InferAsync).RequireAuthorization(ServingPolicies.Infer);

        var repository = new RepositoryEndpoints(instance.Models, instance.Repository, instance.Options.Limits);
        Post(group, instance, "/v2/repository/index", repository.GetIndexAsync).RequireAuthorization(ServingPolicies.Infer);
        Post(group, instance, "/v2/repository/models/{**path}", repository.ChangeAsync).RequireAuthorization(ServingPolicies.Manage);
    }

    private static IEndpointConventionBuilder Get(RouteGroupBuilder group, ServingInstance instance, string pattern, Func<HttpContext, CancellationToken, Task> answer) =>
        group.MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], instance.Rest.Handle(answer));

    private static IEndpointConventionBuilder Post(RouteGroupBuilder group, ServingInstance instance, string pattern, Func<HttpContext, CancellationToken, Task> answer) =>
        group.MapPost(pattern, instance.Rest.Handle(answer));
}
