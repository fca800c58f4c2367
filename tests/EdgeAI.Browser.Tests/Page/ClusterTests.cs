using EdgeAI.Browser.Tests.Browsers;
using EdgeAI.Browser.Tests.Hosting;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using Microsoft.Extensions.DependencyInjection;
using static Microsoft.Playwright.Assertions;

namespace EdgeAI.Browser.Tests.Page;

/// <summary>A host with another one as its cluster.</summary>
public sealed class ClusterTests(Chromium chromium)
{
    [Fact]
    public async Task Clusters_OfOneThatIsGoneAndBack_ShowWhatWaitsForIt()
    {
        using var shared = new TemporaryDirectory();
        await using var upstairs = await PageHost.StartAsync(serving => serving.SharedDirectory = shared.Path);
        await using var host = await StartAsync(upstairs);
        await upstairs.StopAsync();
        await host.ImportAsync(TestModels.TableRows);
        await using var visitor = await chromium.VisitAsync();
        await visitor.Page.GotoAsync(host.Page);

        await Expect(visitor.Id("clusters")).ToContainTextAsync("upstairs primary");
        await Expect(visitor.Id("clusters")).ToContainTextAsync(new System.Text.RegularExpressions.Regex("to upstairs, [1-9][0-9]* failed attempt"));
        await Expect(visitor.Model("table-rows:latest")).ToContainTextAsync("on its way to upstairs");
        await visitor.AssertAccessibleAsync();
        await upstairs.RestartAsync();
        await host.Store.FlushAsync(TestContext.Current.CancellationToken);

        await Expect(visitor.Id("clusters")).ToContainTextAsync("Everything is sent.");
        await Expect(visitor.Model("table-rows:latest")).Not.ToContainTextAsync("on its way");
        visitor.AssertCalm();
    }

    [Fact]
    public async Task Fetch_OfWhatTheClusterHas_PullsIt()
    {
        using var shared = new TemporaryDirectory();
        await using var upstairs = await PageHost.StartAsync(serving => serving.SharedDirectory = shared.Path);
        await using var first = await StartAsync(upstairs);
        await first.ImportAsync(TestModels.TableRows, "shop/rows:v1");
        await first.Store.FlushAsync(TestContext.Current.CancellationToken);
        await using var second = await StartAsync(upstairs);
        await using var visitor = await chromium.VisitAsync();
        await visitor.Page.GotoAsync(second.Page);

        await visitor.Page.GetByText("From an address or a cluster").ClickAsync();
        await visitor.Id("fetch-name").FillAsync("shop/other:v1");
        await visitor.Button("Fetch").ClickAsync();
        await Expect(visitor.Id("fetch-result")).ToContainTextAsync("shop/other:v1");
        await visitor.Id("fetch-name").FillAsync("shop/rows:v1");
        await visitor.Id("fetch-source").FillAsync("/etc/passwd");
        await visitor.Button("Fetch").ClickAsync();
        await Expect(visitor.Id("fetch-result")).ToContainTextAsync("neither https:… nor hf:…");
        await visitor.Id("fetch-source").FillAsync("");
        await visitor.Button("Fetch").ClickAsync();

        await Expect(visitor.Id("fetch-result")).ToContainTextAsync("shop/rows:v1 is here");
        await Expect(visitor.Model("shop/rows:v1")).ToBeVisibleAsync();
        await visitor.Button("Pull shop/rows:v1").ClickAsync();
        await Expect(visitor.Id("notices")).ToContainTextAsync("is as the cluster has it");
        visitor.AssertCalm();
    }

    private static Task<PageHost> StartAsync(PageHost upstairs) =>
        PageHost.StartAsync(build: edge => edge.AddStorage(storage => storage.AddNode("upstairs", new Uri(upstairs.Address, "edgeai/v1/shared"))));
}
