using System.Globalization;
using EdgeAI.Browser.Tests.Browsers;
using EdgeAI.Browser.Tests.Hosting;
using EdgeAI.Testing.Catalogue;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EdgeAI.Browser.Tests.Page;

/// <summary>What the page shows of the machine.</summary>
public sealed class MachineTests(Chromium chromium)
{
    [Fact]
    public async Task Page_OfAHostWithModels_ShowsModelsMemoryTiersAndDevices()
    {
        await using var host = await PageHost.StartAsync(engine: options => options.Memory.HostPrivateBytes = 1_000_000_000);
        await host.ImportAsync(TestModels.TableRows, TestModels.Mlp);
        await host.RunRowsAsync(1);
        await using var visitor = await chromium.VisitAsync();

        await visitor.Page.GotoAsync(host.Page);

        await Expect(visitor.Id("status")).ToHaveTextAsync("Ready");
        await Expect(visitor.Id("models-count")).ToHaveTextAsync("2 stored, 1 in memory");
        await Expect(visitor.Model("table-rows:latest")).ToContainTextAsync("In memory");
        await Expect(visitor.Model("table-rows:latest")).ToContainTextAsync("hot");
        await Expect(visitor.Model("mlp:latest")).ToContainTextAsync("Stored");
        await Expect(visitor.Model("mlp:latest")).ToContainTextAsync("warm");
        await Expect(visitor.Id("memory")).ToContainTextAsync("of 1.0 GB");
        await Expect(visitor.Id("memory")).ToContainTextAsync("table-rows:latest");
        await Expect(visitor.Id("devices")).ToContainTextAsync("cpu:0");
        await Expect(visitor.Id("devices")).ToContainTextAsync("Ready");
        await Expect(visitor.Id("storage")).ToContainTextAsync("Disk of");
        await Expect(visitor.Id("storage")).ToContainTextAsync("Models by tier");
        await Expect(visitor.Id("clusters")).ToContainTextAsync("There is no cluster");
        visitor.AssertCalm();
        await visitor.AssertAccessibleAsync();
    }

    [Fact]
    public async Task Charts_WhileRequestsCome_ShowTheirRateAndTimes()
    {
        await using var host = await PageHost.StartAsync();
        await host.ImportAsync(TestModels.TableRows);
        await using var visitor = await chromium.VisitAsync();
        await visitor.Page.GotoAsync(host.Page);
        await Expect(visitor.Id("latency-chart").Locator("svg")).ToHaveAttributeAsync("aria-label", "Latency over the last two minutes; now p50 –, p99 –");

        using var end = new CancellationTokenSource();
        var running = host.KeepRunningAsync(end.Token);
        await Expect(visitor.Page.Locator("#throughput-chart path.line.series-0")).ToHaveCountAsync(1);
        await Expect(visitor.Page.Locator("#latency-chart path.line.series-1")).ToHaveCountAsync(1);
        var throughput = visitor.Id("throughput-chart").Locator("b");
        await Expect(throughput.First).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^[1-9]"));
        await Expect(throughput.Last).Not.ToHaveTextAsync("0/s");
        await Expect(visitor.Page.Locator("#figures dd").First).Not.ToHaveTextAsync("0");
        var p50 = await MicrosecondsAsync(visitor.Id("latency-chart").Locator("b").First);
        var p99 = await MicrosecondsAsync(visitor.Id("latency-chart").Locator("b").Last);
        await end.CancelAsync();
        await running;

        Assert.InRange(p50, 10, 10_000_000);
        Assert.InRange(p99, p50 * 0.5, 100_000_000);
        await Expect(visitor.Model("table-rows:latest")).ToContainTextAsync("failed");
        await visitor.Id("chart-model").SelectOptionAsync("table-rows:latest");
        await Expect(visitor.Page.Locator("#latency-chart path.line.series-0")).Not.ToHaveCountAsync(0);
        visitor.AssertCalm();
    }

    [Fact]
    public async Task Page_WhenTheServerIsGone_SaysSoAndRecovers()
    {
        await using var host = await PageHost.StartAsync();
        await host.ImportAsync(TestModels.TableRows);
        await using var visitor = await chromium.VisitAsync();
        await visitor.Page.GotoAsync(host.Page);
        await Expect(visitor.Id("status")).ToHaveTextAsync("Ready");

        await host.StopAsync();
        await Expect(visitor.Id("status")).ToHaveTextAsync("No answer");
        await Expect(visitor.Id("trouble")).ToContainTextAsync("does not answer");
        await Expect(visitor.Model("table-rows:latest")).ToBeVisibleAsync();
        await host.RestartAsync();

        await Expect(visitor.Id("status")).ToHaveTextAsync("Ready");
        await Expect(visitor.Id("trouble")).ToBeHiddenAsync();
        visitor.AssertCalm();
    }

    private static async Task<double> MicrosecondsAsync(ILocator figure)
    {
        var parts = (await figure.TextContentAsync())!.Split(' ');
        return double.Parse(parts[0], CultureInfo.InvariantCulture) * parts[1] switch { "µs" => 1, "ms" => 1e3, _ => 1e6 };
    }
}
