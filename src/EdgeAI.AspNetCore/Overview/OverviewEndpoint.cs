using EdgeAI.AspNetCore.Authentication;
using EdgeAI.AspNetCore.Configuration;
using EdgeAI.AspNetCore.Hosting;
using EdgeAI.AspNetCore.Management;
using EdgeAI.AspNetCore.Protocol;
using EdgeAI.AspNetCore.Rest;
using EdgeAI.Inference;
using Microsoft.AspNetCore.Http;

namespace EdgeAI.AspNetCore.Overview;

/// <summary>GET /edgeai/v1/overview: the state of everything in one answer, for who looks each second.</summary>
internal sealed class OverviewEndpoint(ServingInstance instance)
{
    private const int Events = 50;

    // A store may have any number of models; whoever looks for one says how it is called.
    private const int Models = 100;
    private const string ContainsName = "contains";

    public async Task GetAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var store = await instance.Watch.LookAsync(cancellationToken).ConfigureAwait(false);
        var shown = new StoreExcerpt(store, context.Request.Query[ContainsName].ToString(), Models);
        var memory = instance.Engine.GetMemory();
        context.Response.Headers.CacheControl = "no-store";
        await RestHandler.WriteJsonAsync(
            context,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartObject("server"u8);
                json.WriteString("name"u8, instance.Options.ServerName);
                json.WriteString("version"u8, ServerIdentity.Version);
                json.WriteString("at"u8, instance.Time.GetUtcNow());
                json.WriteBoolean("isReady"u8, instance.Health.IsReady);
                json.WriteNumber("waitingRequests"u8, instance.Runner.Waiting + ((instance.Engine as IEngineControl)?.WaitingRuns ?? 0));
                json.WritePropertyName("scopes"u8);
                json.WriteArray(ScopesOf(context), static (writer, scope) => writer.WriteStringValue(scope));
                json.WriteEndObject();
                OverviewJson.WriteStore(json, store, shown);
                OverviewJson.WriteTiers(json, store, instance.Tiers);
                json.WritePropertyName("memory"u8);
                ManagementJson.Write(json, memory);
                json.WritePropertyName("devices"u8);
                json.WriteArray(instance.Engine.Devices, ManagementJson.Write);
                json.WritePropertyName("rules"u8);
                json.WriteArray(instance.Monitor.Rules, OverviewJson.Write);
                json.WritePropertyName("events"u8);
                json.WriteArray(instance.Monitor.History.Reverse().Take(Events), OverviewJson.Write);
                json.WritePropertyName("requests"u8);
                json.WriteArray(instance.Models.Statistics, OverviewJson.Write);
                json.WriteEndObject();
            },
            cancellationToken).ConfigureAwait(false);
    }

    private IEnumerable<string> ScopesOf(HttpContext context) =>
        instance.Keys.IsEmpty ? ServingScopes.All : context.User.FindAll(ApiKeyHandler.ScopeClaim).Select(claim => claim.Value);
}
