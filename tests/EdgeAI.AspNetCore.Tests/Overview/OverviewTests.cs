using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using EdgeAI.AspNetCore.Tests.Hosting;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.AspNetCore.Tests.Overview;

public sealed class OverviewTests
{
    private const string Path = "/edgeai/v1/overview";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Overview_AfterRequests_CountsEachInAHistogramOfItsTime()
    {
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(TestModels.TableRows);
        var longest = TimeSpan.Zero;
        for (var i = 0; i < 20; i++)
        {
            var began = Stopwatch.GetTimestamp();
            Assert.Equal(HttpStatusCode.OK, await RunAsync(host, "row"));
            longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, Stopwatch.GetElapsedTime(began).Ticks));
        }

        Assert.Equal(HttpStatusCode.BadRequest, await RunAsync(host, "column"));
        var requests = (await host.Client.GetFromJsonAsync<JsonElement>(Path, Cancellation)).GetProperty("requests")[0];

        Assert.Equal("table-rows:latest", requests.GetProperty("model").GetString());
        Assert.Equal(20, requests.GetProperty("succeeded").GetInt64());
        Assert.Equal(1, requests.GetProperty("failed").GetInt64());
        var buckets = requests.GetProperty("latency").EnumerateArray().Select(bucket => (Microseconds: bucket[0].GetDouble(), Count: bucket[1].GetInt64())).ToArray();
        Assert.Equal(20, buckets.Sum(bucket => bucket.Count));
        Assert.Equal(buckets.OrderBy(bucket => bucket.Microseconds), buckets);

        // A bucket's middle is 3 % off at most, and the server sees less of a request than its client.
        Assert.InRange(buckets[^1].Microseconds, 1, longest.TotalMicroseconds * 1.04);

        var sum = requests.GetProperty("latency").EnumerateArray().Sum(bucket => bucket[0].GetDouble() * bucket[1].GetInt64()) * 1000;
        var statistics = await host.Client.GetFromJsonAsync<JsonElement>("/v2/models/table-rows/stats", Cancellation);
        var exact = statistics.GetProperty("model_stats")[0].GetProperty("inference_stats").GetProperty("success").GetProperty("ns").GetInt64();
        Assert.InRange(sum, exact * 0.96, exact * 1.04);
    }

    [Fact]
    public async Task Overview_OfAHost_SaysWhatTheOtherAddressesSay()
    {
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(TestModels.TableRows, TestModels.Mlp);

        var all = await host.Client.GetFromJsonAsync<JsonElement>(Path, Cancellation);

        foreach (var name in (string[])["models", "placements", "backlog", "devices"])
        {
            var alone = await host.Client.GetFromJsonAsync<JsonElement>("/edgeai/v1/" + name, Cancellation);
            Assert.Equal(alone.GetRawText(), all.GetProperty(name).GetRawText());
        }

        var usage = await host.Store.GetUsageAsync(Cancellation);
        Assert.Equal(usage.LogicalBytes, all.GetProperty("usage").GetProperty("logicalBytes").GetInt64());
        Assert.Equal([usage.HotBytes, usage.StoredBytes, 0], all.GetProperty("tiers").EnumerateArray().Select(tier => tier.GetProperty("bytes").GetInt64()));
        Assert.True(all.GetProperty("server").GetProperty("isReady").GetBoolean());
        Assert.Equal(["hot", "warm"], all.GetProperty("disks")[0].GetProperty("tiers").EnumerateArray().Select(tier => tier.GetString()));
    }

    [Fact]
    public async Task Overview_OfManyModels_NamesAHundredOfThoseThatAreWanted()
    {
        await using var host = await ServingHost.StartAsync();
        for (var i = 0; i < 103; i++)
        {
            await host.ImportAsync(TestModels.TableRows, $"many/rows-{i}");
        }

        await host.ImportAsync(TestModels.Mlp, "few/mlp");
        var any = await host.Client.GetFromJsonAsync<JsonElement>(Path, Cancellation);
        var many = await host.Client.GetFromJsonAsync<JsonElement>(Path + "?contains=MANY%2F", Cancellation);
        var few = await host.Client.GetFromJsonAsync<JsonElement>(Path + "?contains=mlp:la", Cancellation);

        Assert.Equal((104, 104, 100, 100), CountsOf(any));
        Assert.Equal((104, 103, 100, 100), CountsOf(many));
        Assert.Equal((104, 1, 1, 1), CountsOf(few));

        static (int All, int Matching, int Models, int Placements) CountsOf(JsonElement overview) => (
            overview.GetProperty("modelCount").GetInt32(), overview.GetProperty("matchingCount").GetInt32(),
            overview.GetProperty("models").GetArrayLength(), overview.GetProperty("placements").GetArrayLength());
    }

    [Theory]
    [InlineData("infer", HttpStatusCode.Forbidden)]
    [InlineData("manage", HttpStatusCode.OK)]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    public async Task Overview_WithAKey_AsksForTheScopeAndSaysWhatTheKeyHas(string? scope, HttpStatusCode expected)
    {
        await using var host = await ServingHost.StartAsync(serving: serving => serving.ApiKeys.Add(new() { Name = "a", Key = "0123456789abcdef", Scopes = { scope ?? "infer" } }));
        if (scope is not null)
        {
            host.Client.DefaultRequestHeaders.Add("X-Api-Key", "0123456789abcdef");
        }

        using var answer = await host.Client.GetAsync(Path, Cancellation);

        Assert.Equal(expected, answer.StatusCode);
        if (expected == HttpStatusCode.OK)
        {
            var all = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
            Assert.Equal(["manage"], all.GetProperty("server").GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()));
        }
    }

    private static async Task<HttpStatusCode> RunAsync(ServingHost host, string input)
    {
        using var answer = await host.Client.PostAsJsonAsync(
            "/v2/models/table-rows/infer", new { inputs = new[] { new { name = input, datatype = "INT64", shape = new[] { 1 }, data = new[] { 2 } } } }, Cancellation);
        return answer.StatusCode;
    }
}
