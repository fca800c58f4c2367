using EdgeAI.AspNetCore.Configuration;
using EdgeAI.AspNetCore.Grpc;
using EdgeAI.AspNetCore.Hosting;
using EdgeAI.AspNetCore.Management;
using EdgeAI.AspNetCore.Nodes;
using EdgeAI.AspNetCore.Overview;
using EdgeAI.AspNetCore.Page;
using EdgeAI.AspNetCore.Rest;
using EdgeAI.AspNetCore.Uploads;
using EdgeAI.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

#pragma warning disable IDE0130 // Where users of endpoint routing look for Map… methods.
namespace Microsoft.AspNetCore.Builder;
#pragma warning restore IDE0130

/// <summary>Maps EdgeAI into an app.</summary>
public static class EdgeAIEndpointRouteBuilderExtensions
{
    private const string Root = "/edgeai/v1";

    /// <summary>
    /// Maps the open inference protocol v2, over REST and gRPC, model management, the store's objects for other nodes, metrics, and a page for operators. All but health and the page, which has no data of its own, asks for a key with the right scope, or, where no keys are configured, for a caller on this machine.
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

        if (wanted.Management)
        {
            MapManagement(group, instance);
        }

        if (wanted.StorageNode)
        {
            MapStorageNode(group, instance);
        }

        if (wanted.PagePath is { } page)
        {
            MapPage(group, instance, page);
        }

        if (wanted.MetricsPath is { } metrics)
        {
            Get(group, instance, metrics, instance.Metrics.WriteAsync).RequireAuthorization(ServingPolicies.Metrics);
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

    private static void MapManagement(RouteGroupBuilder group, ServingInstance instance)
    {
        var management = group.MapGroup(Root);
        management.RequireAuthorization(ServingPolicies.Manage);
        var models = new ManagementEndpoints(instance.Store, instance.Options.Limits);
        Get(management, instance, "/models", models.ListAsync);
        Get(management, instance, "/models/{**path}", models.GetAsync);
        Post(management, instance, "/models/{**path}", models.ChangeAsync, isLong: true);
        Map(management, instance, HttpMethods.Delete, "/models/{**path}", models.RemoveAsync);

        var uploads = new UploadEndpoints(instance.Uploads, instance.Store, instance.Options.Limits);
        Post(management, instance, "/uploads", uploads.CreateAsync);
        Get(management, instance, "/uploads/{id}", uploads.GetAsync);
        Map(management, instance, HttpMethods.Patch, "/uploads/{id}", uploads.AppendAsync, isLong: true);
        Map(management, instance, HttpMethods.Delete, "/uploads/{id}", uploads.RemoveAsync);

        Get(management, instance, "/overview", new OverviewEndpoint(instance).GetAsync);
        var state = new StateEndpoints(instance.Store, instance.Engine);
        Get(management, instance, "/placements", state.GetPlacementsAsync);
        Get(management, instance, "/usage", state.GetUsageAsync);
        Get(management, instance, "/backlog", state.GetBacklogAsync);
        Get(management, instance, "/memory", state.GetMemoryAsync);
        Get(management, instance, "/devices", state.GetDevicesAsync);
    }

    private static void MapStorageNode(RouteGroupBuilder group, ServingInstance instance)
    {
        if (instance.Store is ModelStore store)
        {
            var root = group.MapGroup(Root + "/store");
            MapObjects(root, instance, new StorageNodeEndpoints(store.Objects, ["packs/", "manifests/", "names/", "signatures/"]), isWritable: false);
            var hot = new HotFileEndpoints(store);
            Get(root, instance, "/hot/{digest}", hot.ListAsync).RequireAuthorization(ServingPolicies.ReadStore);
            Get(root, instance, "/hot/{digest}/{**file}", hot.ReadAsync, isLong: true).RequireAuthorization(ServingPolicies.ReadStore);
        }

        if (instance.Options.SharedDirectory is { } directory)
        {
            Directory.CreateDirectory(Path.Combine(directory, "objects"));
            MapObjects(group.MapGroup(Root + "/shared"), instance, new StorageNodeEndpoints(ModelStore.OpenObjects(directory), []), isWritable: true);
        }
    }

    // The page holds nothing that is secret; what it shows it asks for with a key.
    private static void MapPage(RouteGroupBuilder group, ServingInstance instance, string path)
    {
        var files = PageFiles.Load(path);
        var folder = path.TrimEnd('/');
        Get(group, instance, folder + "/", files.GetIndexAsync).AllowAnonymous();
        foreach (var name in files.Names)
        {
            Get(group, instance, $"{folder}/{name}", (context, cancellationToken) => files.GetAsync(context, name, cancellationToken)).AllowAnonymous();
        }
    }

    private static void MapObjects(RouteGroupBuilder group, ServingInstance instance, StorageNodeEndpoints objects, bool isWritable)
    {
        Get(group, instance, "/objects", objects.ListAsync, isLong: true).RequireAuthorization(ServingPolicies.ReadStore);
        Get(group, instance, "/objects/{**key}", objects.ReadAsync, isLong: true).RequireAuthorization(ServingPolicies.ReadStore);
        Get(group, instance, "/capacity", objects.GetCapacityAsync).RequireAuthorization(ServingPolicies.ReadStore);
        if (isWritable)
        {
            Map(group, instance, HttpMethods.Put, "/objects/{**key}", objects.PutAsync, isLong: true).RequireAuthorization(ServingPolicies.WriteStore);
            Map(group, instance, HttpMethods.Delete, "/objects/{**key}", objects.DeleteAsync).RequireAuthorization(ServingPolicies.WriteStore);
            Post(group, instance, "/objects/{**key}", objects.SwapAsync).RequireAuthorization(ServingPolicies.WriteStore);
        }
    }

    private static IEndpointConventionBuilder Get(
        RouteGroupBuilder group, ServingInstance instance, string pattern, Func<HttpContext, CancellationToken, Task> answer, bool isLong = false) =>
        group.MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], instance.Rest.Handle(answer, isLong));

    private static IEndpointConventionBuilder Post(
        RouteGroupBuilder group, ServingInstance instance, string pattern, Func<HttpContext, CancellationToken, Task> answer, bool isLong = false) =>
        Map(group, instance, HttpMethods.Post, pattern, answer, isLong);

    private static IEndpointConventionBuilder Map(
        RouteGroupBuilder group, ServingInstance instance, string method, string pattern, Func<HttpContext, CancellationToken, Task> answer, bool isLong = false) =>
        group.MapMethods(pattern, [method], instance.Rest.Handle(answer, isLong));
}
