using System.Text.RegularExpressions;
using EdgeAI.Browser.Tests.Browsers;
using EdgeAI.Browser.Tests.Hosting;
using EdgeAI.Browser.Tests.Monitoring;
using EdgeAI.Monitoring;
using EdgeAI.Testing.Catalogue;
using Microsoft.Extensions.DependencyInjection;
using static Microsoft.Playwright.Assertions;

namespace EdgeAI.Browser.Tests.Page;

/// <summary>The whole page on a desk and on a phone, by day and by night: nothing juts out, and everybody can read it. The pictures are in artifacts/screenshots.</summary>
public sealed class ScreenshotTests(Chromium chromium)
{
    [Theory]
    [InlineData("desk-light", 1280, 900, false, false)]
    [InlineData("desk-dark", 1280, 900, true, false)]
    [InlineData("phone-light", 390, 844, false, true)]
    [InlineData("phone-dark", 360, 780, true, true)]
    public async Task Page_InAWindow_FitsAndCanBeRead(string name, int width, int height, bool isDark, bool isPhone)
    {
        await using var host = await PageHost.StartAsync(
            build: edge =>
            {
                SteeredRules.Add(edge);
                edge.AddStorage(storage => storage.AddNode("upstairs", new Uri("http://localhost:1/")));
            },
            engine: options =>
            {
                options.Memory.HostPrivateBytes = 20_000_000;
                options.Storage.Tiers.Hot.Capacity = "100kB";
            });
        await host.ImportAsync(TestModels.TableRows, TestModels.Mlp, TestModels.PictureBatch, TestModels.Get("identity-string"));
        await host.ImportAsync(TestModels.Convolutions, "vision/a-detector-with-quite-a-long-name/backbone:2026-11-release-candidate");
        await host.Store.PinAsync("mlp", TestContext.Current.CancellationToken);
        foreach (var reading in (double[])[63, 7, 55, 12, 71, 30, 58, 9, 63])
        {
            host.Services.GetRequiredService<Dial>().Reading = reading;
            await host.Services.GetRequiredService<IEdgeMonitor>().EvaluateAsync(TestContext.Current.CancellationToken);
        }

        await using var visitor = await chromium.VisitAsync(width, height, isDark, isPhone);
        using var end = new CancellationTokenSource();
        var running = host.KeepRunningAsync(end.Token);
        await visitor.Page.GotoAsync(host.Page);
        await visitor.Id("try-model").SelectOptionAsync("picture-batch:latest");
        await visitor.Id("try-inputs").GetByLabel("Content").SelectOptionAsync("random");
        await visitor.Button("Run").ClickAsync();

        await Expect(visitor.Id("try-result")).ToContainTextAsync("features");
        await Expect(visitor.Id("rules")).ToContainTextAsync("Holds");
        await Expect(visitor.Page.Locator("#latency-chart path.line").First).ToHaveAttributeAsync("d", new Regex("(L[^L]+){8}"));
        await visitor.ShootAsync(name);
        await end.CancelAsync();
        await running;

        await visitor.AssertFitsAsync();
        await visitor.AssertAccessibleAsync();
        var small = await visitor.Page.EvaluateAsync<string[]>(
            "[...document.querySelectorAll('button, select, input, summary')].filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 40).map(e => e.outerHTML.slice(0, 80))");
        Assert.Empty(small);
        visitor.AssertCalm();
    }
}
