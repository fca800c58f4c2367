using System.Collections.Concurrent;
using Deque.AxeCore.Playwright;
using EdgeAI.Testing.Files;
using Microsoft.Playwright;

namespace EdgeAI.Browser.Tests.Browsers;

/// <summary>Somebody who looks at a page, and notes what it does that it should not.</summary>
public sealed class Visitor : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _errors = [];
    private readonly ConcurrentQueue<string> _hosts = [];

    private Visitor(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) => Note(message);
        page.PageError += (_, error) => _errors.Enqueue(error);
        page.Request += (_, request) => _hosts.Enqueue(new Uri(request.Url).Authority);
    }

    public IPage Page { get; }

    public static async Task<Visitor> CreateAsync(IBrowserContext context) => new(context, await context.NewPageAsync());

    /// <summary>What a screen reader would call it.</summary>
    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Id(string id) => Page.Locator("#" + id);

    /// <summary>A model's row in the list.</summary>
    public ILocator Model(string name) => Page.Locator($"#models > li[data-key='{name}']");

    /// <summary>Fails when the page wrote an error, broke its own policy, or asked another host.</summary>
    public void AssertCalm()
    {
        Assert.Empty(_errors);
        Assert.All(_hosts.Where(host => host.Length > 0), host => Assert.Equal(new Uri(Page.Url).Authority, host));
    }

    /// <summary>Fails when the page is wider than its window.</summary>
    public async Task AssertFitsAsync()
    {
        var excess = await Page.EvaluateAsync<int>("document.scrollingElement.scrollWidth - innerWidth");
        Assert.True(excess <= 0, $"The page is {excess} pixels wider than its window.");
    }

    /// <summary>Fails when who can't see well, or has no mouse, is kept out.</summary>
    public async Task AssertAccessibleAsync()
    {
        var result = await Page.RunAxe();
        Assert.Empty(result.Violations
            .Where(violation => violation.Impact is "serious" or "critical" or "moderate")
            .Select(violation => $"{violation.Id}: {violation.Help} {string.Join(' ', violation.Nodes.Select(node => node.Html))}"));
    }

    /// <summary>A picture of the whole page, for people to look at.</summary>
    public Task ShootAsync(string name) => Page.ScreenshotAsync(new() { Path = SolutionFolder.Combine("artifacts", "screenshots", name + ".png"), FullPage = true });

    public async ValueTask DisposeAsync() => await _context.CloseAsync();

    // Chromium writes a line for each answer of 400 and more, and for each that did not come; some tests ask for those.
    private void Note(IConsoleMessage message)
    {
        if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
        {
            _errors.Enqueue(message.Text);
        }
    }
}
