using EdgeAI.Browser.Tests.Browsers;
using EdgeAI.Browser.Tests.Hosting;
using EdgeAI.Browser.Tests.Monitoring;
using EdgeAI.Monitoring;
using EdgeAI.Testing.Catalogue;
using Microsoft.Extensions.DependencyInjection;
using static Microsoft.Playwright.Assertions;

namespace EdgeAI.Browser.Tests.Page;

/// <summary>What is done with models and seen of rules.</summary>
public sealed class ModelActionTests(Chromium chromium)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Buttons_OfAModel_LoadPinAndRemoveIt()
    {
        await using var host = await PageHost.StartAsync();
        await host.ImportAsync(TestModels.TableRows, "shop/rows:v1");
        await host.ImportAsync(TestModels.Mlp);
        await using var visitor = await chromium.VisitAsync();
        await visitor.Page.GotoAsync(host.Page);

        await visitor.Button("Load shop/rows:v1").ClickAsync();
        await Expect(visitor.Model("shop/rows:v1")).ToContainTextAsync("In memory");
        await visitor.Button("Unload shop/rows:v1").ClickAsync();
        await Expect(visitor.Model("shop/rows:v1")).Not.ToContainTextAsync("In memory");

        await visitor.Button("Pin shop/rows:v1").ClickAsync();
        await Expect(visitor.Model("shop/rows:v1").GetByText("Pinned")).ToBeVisibleAsync();
        Assert.True((await host.Store.ListPlacementsAsync(Cancellation)).Single(placement => placement.Model.Name == "shop/rows").IsPinned);
        await visitor.Button("Unpin shop/rows:v1").ClickAsync();
        await Expect(visitor.Model("shop/rows:v1").GetByText("Pinned")).ToBeHiddenAsync();

        await visitor.Button("Remove shop/rows:v1").ClickAsync();
        await visitor.Button("Keep it").ClickAsync();
        Assert.NotNull(await host.Store.FindAsync("shop/rows:v1", Cancellation));
        await visitor.Button("Remove shop/rows:v1").ClickAsync();
        await visitor.Button("Remove it").ClickAsync();
        await Expect(visitor.Model("shop/rows:v1")).ToHaveCountAsync(0);
        await Expect(visitor.Model("mlp:latest")).ToBeVisibleAsync();
        Assert.Null(await host.Store.FindAsync("shop/rows:v1", Cancellation));
        visitor.AssertCalm();
    }

    [Fact]
    public async Task Filter_OfManyModels_FindsOneThatIsNotShown()
    {
        await using var host = await PageHost.StartAsync();
        for (var i = 0; i < 104; i++)
        {
            await host.ImportAsync(TestModels.TableRows, $"many/rows-{i:000}");
        }

        await using var visitor = await chromium.VisitAsync();
        await visitor.Page.GotoAsync(host.Page);
        await Expect(visitor.Id("models-count")).ToHaveTextAsync("104 stored, 0 in memory");
        await Expect(visitor.Id("models-empty")).ToContainTextAsync("And 4 more");
        await Expect(visitor.Model("many/rows-103:latest")).ToHaveCountAsync(0);

        await visitor.Id("models-filter").FillAsync("ROWS-103");
        await visitor.Button("Try many/rows-103:latest").ClickAsync();
        await visitor.Id("models-filter").FillAsync("rows-00");

        await Expect(visitor.Id("models").Locator("> li")).ToHaveCountAsync(10);
        await Expect(visitor.Id("try-model")).ToHaveValueAsync("many/rows-103:latest");
        await Expect(visitor.Id("try-inputs")).ToContainTextAsync("INT64");
        visitor.AssertCalm();
    }

    [Fact]
    public async Task Rules_WhenOneFiresAndLetsGo_ShowIt()
    {
        await using var host = await PageHost.StartAsync(build: SteeredRules.Add);
        var dial = host.Services.GetRequiredService<Dial>();
        dial.Reading = 7;
        await using var visitor = await chromium.VisitAsync();
        await visitor.Page.GotoAsync(host.Page);
        var rule = visitor.Id("rules").Locator("li").First;
        await Expect(rule).ToContainTextAsync("room_noise > 50");
        await Expect(rule).ToContainTextAsync("At rest");
        await Expect(rule).ToContainTextAsync("7");

        dial.Reading = 63;
        await Expect(rule).ToContainTextAsync("Holds");
        await Expect(visitor.Id("events").Locator("li").First).ToContainTextAsync("at 63");
        await Expect(visitor.Id("status")).ToHaveTextAsync("1 rule holds");
        dial.Reading = 7;

        await Expect(rule).ToContainTextAsync("At rest");
        await Expect(visitor.Id("events").Locator("li").First).ToContainTextAsync("Let go");
        Assert.Equal(2, host.Services.GetRequiredService<IEdgeMonitor>().History.Count);
        visitor.AssertCalm();
    }
}
