using EdgeAI.Browser.Tests.Browsers;
using EdgeAI.Browser.Tests.Hosting;
using EdgeAI.Testing.Catalogue;
using static Microsoft.Playwright.Assertions;

namespace EdgeAI.Browser.Tests.Page;

/// <summary>Visitors of a server that asks for keys.</summary>
public sealed class KeyTests(Chromium chromium)
{
    private const string Operator = "the-operators-own-key";
    private const string Runner = "a-key-that-only-runs";
    private const string Reader = "a-key-that-only-reads";
    private const string Watcher = "a-key-that-only-manages";

    [Fact]
    public async Task Page_WithAWrongKey_AsksAgain()
    {
        await using var host = await StartAsync();
        await using var visitor = await chromium.VisitAsync();
        await visitor.Page.GotoAsync(host.Page);
        await Expect(visitor.Id("key-reason")).ToContainTextAsync("Show a key");
        await visitor.AssertAccessibleAsync();

        await GiveAsync(visitor, "not the key at all");
        await Expect(visitor.Id("key-reason")).ToContainTextAsync("does not know this key");
        await GiveAsync(visitor, Operator);

        await Expect(visitor.Id("status")).ToHaveTextAsync("Ready");
        await Expect(visitor.Model("table-rows:latest")).ToBeVisibleAsync();
        Assert.Equal(Operator, await visitor.Page.EvaluateAsync<string>("sessionStorage.getItem('edgeai-key')"));
        Assert.Equal(0, await visitor.Page.EvaluateAsync<int>("localStorage.length + document.cookie.length"));
        Assert.DoesNotContain(Operator, visitor.Page.Url, StringComparison.Ordinal);
        visitor.AssertCalm();
    }

    [Fact]
    public async Task Page_WhenNoKeyIsGiven_SaysThatItIsNeeded()
    {
        await using var host = await StartAsync();
        await using var visitor = await chromium.VisitAsync();
        await visitor.Page.GotoAsync(host.Page);

        await visitor.Button("Not now").ClickAsync();

        await Expect(visitor.Id("status")).ToHaveTextAsync("A key is needed");
        await Expect(visitor.Id("trouble")).ToContainTextAsync("asks for a key");
        await visitor.Button("API key").ClickAsync();
        await GiveAsync(visitor, Operator);
        await Expect(visitor.Id("status")).ToHaveTextAsync("Ready");
        visitor.AssertCalm();
    }

    [Fact]
    public async Task Page_WithAKeyThatMayNotManage_LetsItRunModels()
    {
        await using var host = await StartAsync();
        await using var visitor = await chromium.VisitAsync();
        await visitor.Page.GotoAsync(host.Page);

        await GiveAsync(visitor, Runner);

        await Expect(visitor.Id("trouble")).ToContainTextAsync("lacks the scope 'manage'");
        await visitor.Id("try-model").SelectOptionAsync("table-rows:latest");
        await visitor.Page.GetByLabel("Values, in one list").FillAsync("[2]");
        await visitor.Button("Run").ClickAsync();
        await Expect(visitor.Id("try-result")).ToContainTextAsync("2, 20");
        visitor.AssertCalm();
    }

    [Fact]
    public async Task Page_WithAKeyThatMayNotRun_ShowsTheMachine()
    {
        await using var host = await StartAsync();
        await using var visitor = await chromium.VisitAsync();
        await visitor.Page.GotoAsync(host.Page);

        await GiveAsync(visitor, Watcher);

        await Expect(visitor.Id("trouble")).ToContainTextAsync("lacks the scope 'infer'");
        await Expect(visitor.Button("Try table-rows:latest")).ToBeDisabledAsync();
        await Expect(visitor.Button("Pin table-rows:latest")).ToBeEnabledAsync();
        visitor.AssertCalm();
    }

    [Fact]
    public async Task Page_WithAKeyForSomethingElse_SaysWhatItLacks()
    {
        await using var host = await StartAsync();
        await using var visitor = await chromium.VisitAsync();
        await visitor.Page.GotoAsync(host.Page);

        await GiveAsync(visitor, Reader);

        await Expect(visitor.Id("status")).ToHaveTextAsync("Not allowed");
        await Expect(visitor.Id("trouble")).ToContainTextAsync("lacks the scopes 'infer' and 'manage'");
        visitor.AssertCalm();
    }

    private static async Task<PageHost> StartAsync()
    {
        var host = await PageHost.StartAsync(serving =>
        {
            serving.ApiKeys.Add(new() { Name = "operator", Key = Operator, Scopes = { "infer", "manage" } });
            serving.ApiKeys.Add(new() { Name = "runner", Key = Runner, Scopes = { "infer" } });
            serving.ApiKeys.Add(new() { Name = "reader", Key = Reader, Scopes = { "metrics" } });
            serving.ApiKeys.Add(new() { Name = "watcher", Key = Watcher, Scopes = { "manage" } });
        });
        await host.ImportAsync(TestModels.TableRows);
        return host;
    }

    private static async Task GiveAsync(Visitor visitor, string key)
    {
        await visitor.Page.GetByLabel("Key", new() { Exact = true }).FillAsync(key);
        await visitor.Button("Use it").ClickAsync();
    }
}
