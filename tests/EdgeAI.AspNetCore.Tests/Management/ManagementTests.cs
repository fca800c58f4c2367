using System.Net;
using EdgeAI.AspNetCore.Tests.Hosting;
using EdgeAI.AspNetCore.Tests.Rest;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.AspNetCore.Tests.Management;

public sealed class ManagementTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Models_ListedPinnedAndRemoved_AreAsTheStoreHasThem()
    {
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(TestModels.AddOne, "demo/add:v1");

        var list = await (await host.Client.GetAsync("/edgeai/v1/models", Cancellation)).ReadJsonAsync();
        var model = await (await host.Client.GetAsync("/edgeai/v1/models/demo%2Fadd:v1", Cancellation)).ReadJsonAsync();
        using var pinned = await host.Client.PostAsync("/edgeai/v1/models/demo/add:v1/pin", null, Cancellation);
        var placed = (await (await host.Client.GetAsync("/edgeai/v1/placements", Cancellation)).ReadJsonAsync())[0]!;
        using var unpinned = await host.Client.PostAsync("/edgeai/v1/models/demo/add:v1/unpin", null, Cancellation);
        using var removed = await host.Client.DeleteAsync("/edgeai/v1/models/demo/add:v1", Cancellation);
        using var again = await host.Client.DeleteAsync("/edgeai/v1/models/demo/add:v1", Cancellation);

        Assert.Equal(("demo/add", "v1"), ((string)list[0]!["name"]!, (string)list[0]!["tag"]!));
        Assert.Equal("x: float32[2]", (string)model["inputs"]![0]!);
        Assert.Equal(HttpStatusCode.NoContent, pinned.StatusCode);
        Assert.True((bool)placed["isPinned"]!);
        Assert.Equal(HttpStatusCode.NoContent, unpinned.StatusCode);
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NotFound), (removed.StatusCode, again.StatusCode));
        Assert.Empty(await host.Store.ListAsync(Cancellation));
    }

    [Fact]
    public async Task State_OfStoreAndEngine_IsGiven()
    {
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(TestModels.AddOne);
        using var loaded = await host.Client.PostAsync("/v2/repository/models/add-one/load", null, Cancellation);

        var memory = await (await host.Client.GetAsync("/edgeai/v1/memory", Cancellation)).ReadJsonAsync();
        var devices = await (await host.Client.GetAsync("/edgeai/v1/devices", Cancellation)).ReadJsonAsync();
        var usage = await (await host.Client.GetAsync("/edgeai/v1/usage", Cancellation)).ReadJsonAsync();
        var backlog = await (await host.Client.GetAsync("/edgeai/v1/backlog", Cancellation)).ReadJsonAsync();

        Assert.Equal("loaded", (string)memory["models"]![0]!["state"]!);
        Assert.Contains(devices.AsArray(), device => (string)device!["device"]! == "cpu:0" && (bool)device["isUsable"]!);
        Assert.Equal("add-one:latest", (string)usage["models"]![0]!["model"]!);
        Assert.Empty(backlog.AsArray());
    }

    [Theory]
    [InlineData("/edgeai/v1/models/none:1/pin", null, HttpStatusCode.NotFound)]
    [InlineData("/edgeai/v1/models/none:1/pull", null, HttpStatusCode.NotFound)]
    [InlineData("/edgeai/v1/models/none:1/pull", """{"from":"nowhere"}""", HttpStatusCode.BadRequest)]
    [InlineData("/edgeai/v1/models/none:1/import", """{"source":"/etc/passwd"}""", HttpStatusCode.BadRequest)]
    [InlineData("/edgeai/v1/models/none:1/import", "{}", HttpStatusCode.BadRequest)]
    [InlineData("/edgeai/v1/models/a%20b/pin", null, HttpStatusCode.BadRequest)]
    [InlineData("/edgeai/v1/models/none:1", null, HttpStatusCode.NotFound)]
    public async Task Post_WhatCantBe_IsRefused(string path, string? body, HttpStatusCode expected)
    {
        await using var host = await ServingHost.StartAsync();

        using var response = await host.Client.PostAsync(path, body is null ? null : RestMessages.Json(body), Cancellation);

        Assert.Equal(expected, response.StatusCode);
        Assert.NotEmpty(await response.ReadErrorAsync());
    }
}
