using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(EdgeAI.Browser.Tests.Browsers.Chromium))]

namespace EdgeAI.Browser.Tests.Browsers;

/// <summary>Debian's Chromium, one for all tests; each visitor has a profile of its own. Without it the tests fail.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string Program = "/usr/bin/chromium";
    private const float Patience = 30_000;

    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await StartAsync();
        Assertions.SetDefaultExpectTimeout(Patience);
    }

    /// <summary>Opens a window of its own.</summary>
    public async Task<Visitor> VisitAsync(int width = 1280, int height = 900, bool isDark = false, bool isPhone = false)
    {
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
            IsMobile = isPhone,
            HasTouch = isPhone,
            DeviceScaleFactor = isPhone ? 2 : 1,
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(Patience);
        return await Visitor.CreateAsync(context);
    }

    /// <summary>Starts a browser with further arguments; the caller closes it.</summary>
    public Task<IBrowser> StartAsync(params IEnumerable<string> arguments) =>
        _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Program, Args = ["--no-sandbox", "--disable-gpu", .. arguments] });

    public async ValueTask DisposeAsync()
    {
        await _browser.CloseAsync();
        _playwright.Dispose();
    }
}
