using System.Text.RegularExpressions;
using EdgeAI.Browser.Tests.Browsers;
using EdgeAI.Testing.Files;
using Microsoft.Playwright;
using SkiaSharp;
using static Microsoft.Playwright.Assertions;

namespace EdgeAI.Browser.Tests.Samples;

/// <summary>The web sample, as its visitors see it.</summary>
public sealed class WebSampleTests(Chromium chromium, WebSample sample) : IClassFixture<WebSample>
{
    private const string FirstLine = "EdgeAI runs models on this machine";

    [Fact]
    public async Task Picture_FromAFile_IsRead()
    {
        await using var visitor = await chromium.VisitAsync();
        await visitor.Page.GotoAsync(sample.Address);

        await visitor.Id("picture-file").SetInputFilesAsync(WebSample.Picture);

        await Expect(visitor.Id("read-state")).ToContainTextAsync(" lines", new() { Timeout = 120_000 });
        await Expect(visitor.Id("lines").Locator("li").First).ToContainTextAsync(FirstLine);
        var lines = await visitor.Id("lines").Locator("li").CountAsync();
        Assert.InRange(lines, 3, 20);
        await Expect(visitor.Page.Locator("#boxes polygon")).ToHaveCountAsync(lines);
        var box = (await visitor.Page.Locator("#boxes polygon").First.BoundingBoxAsync())!;
        var picture = (await visitor.Id("picture").BoundingBoxAsync())!;
        Assert.InRange(box.X, picture.X, picture.X + picture.Width - box.Width);
        Assert.InRange(box.Y, picture.Y, picture.Y + picture.Height - box.Height);
        visitor.AssertCalm();
        await visitor.AssertAccessibleAsync();
    }

    [Fact]
    public async Task Recording_FromAFile_HasItsSpeechMarked()
    {
        await using var visitor = await chromium.VisitAsync();
        await visitor.Page.GotoAsync(sample.Address);

        await visitor.Id("sound-file").SetInputFilesAsync(WebSample.Recording);

        await Expect(visitor.Id("listen-state")).ToContainTextAsync("3 stretches of speech", new() { Timeout = 120_000 });
        await Expect(visitor.Page.Locator("#track rect.speech")).ToHaveCountAsync(3);
        await Expect(visitor.Id("segments").Locator("li")).ToHaveCountAsync(3);
        await Expect(visitor.Page.Locator("#track path.likely")).ToHaveAttributeAsync("d", new Regex("^M([0-9. ]+L){292}[0-9. ]+$"));
        visitor.AssertCalm();
        await visitor.AssertAccessibleAsync();
    }

    [Fact]
    public async Task Files_ThatAreNone_GetAReason()
    {
        await using var visitor = await chromium.VisitAsync();
        await visitor.Page.GotoAsync(sample.Address);
        var broken = new FilePayload { Name = "x", MimeType = "", Buffer = "neither picture nor sound"u8.ToArray() };

        await visitor.Id("picture-file").SetInputFilesAsync(broken);
        await visitor.Id("sound-file").SetInputFilesAsync(broken);

        await Expect(visitor.Id("read-error")).ToContainTextAsync("not a picture that can be read");
        await Expect(visitor.Id("listen-error")).ToContainTextAsync("cannot be read as WAV");
        visitor.AssertCalm();
    }

    [Fact]
    public async Task Camera_ThatSeesThePicture_ReadsItFrameByFrame()
    {
        using var folder = new TemporaryDirectory();
        var film = folder.Combine("film.mjpeg");
        using (var picture = SKBitmap.Decode(WebSample.Picture))
        using (var frame = picture.Encode(SKEncodedImageFormat.Jpeg, 95))
        {
            await File.WriteAllBytesAsync(film, frame.ToArray(), TestContext.Current.CancellationToken);
        }

        await using var browser = await chromium.StartAsync("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", $"--use-file-for-fake-video-capture={film}");
        await using var visitor = await Visitor.CreateAsync(await browser.NewContextAsync());
        await visitor.Page.GotoAsync(sample.Address);

        await visitor.Button("Live camera").ClickAsync();

        await Expect(visitor.Id("read-state")).ToContainTextAsync(new Regex("Frame [2-9]"), new() { Timeout = 120_000 });
        await Expect(visitor.Id("lines").Locator("li").First).ToContainTextAsync("EdgeAI");
        await visitor.Button("Stop the camera").ClickAsync();
        await Expect(visitor.Button("Live camera")).ToBeVisibleAsync();
        await Expect(visitor.Id("read-error")).ToBeHiddenAsync();
        visitor.AssertCalm();
    }

    [Fact]
    public async Task Microphone_ThatHearsTheRecording_FindsItsSpeech()
    {
        await using var browser = await chromium.StartAsync("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", $"--use-file-for-fake-audio-capture={WebSample.Recording}");
        await using var visitor = await Visitor.CreateAsync(await browser.NewContextAsync());
        await visitor.Page.GotoAsync(sample.Address);

        await visitor.Button("Record").ClickAsync();
        await Expect(visitor.Id("listen-state")).ToContainTextAsync(new Regex("Recording, ([5-9]|[1-9][0-9]) s"), new() { Timeout = 60_000 });
        await visitor.Button("Stop").ClickAsync();

        await Expect(visitor.Id("listen-state")).ToContainTextAsync("stretches of speech", new() { Timeout = 120_000 });
        await Expect(visitor.Page.Locator("#track rect.speech")).Not.ToHaveCountAsync(0);
        visitor.AssertCalm();
    }

    [Fact]
    public async Task OperatorsPage_OfTheSample_ShowsItsModels()
    {
        await using var visitor = await chromium.VisitAsync();
        await visitor.Page.GotoAsync(sample.Address);

        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Models and machine" }).ClickAsync();

        await Expect(visitor.Model("ocr/det:v4")).ToBeVisibleAsync();
        await Expect(visitor.Model("voice/vad:v5")).ToBeVisibleAsync();
        visitor.AssertCalm();
    }

    [Theory]
    [InlineData("sample-desk", 1280, 900, false, false)]
    [InlineData("sample-phone", 360, 780, true, true)]
    public async Task Sample_InAWindow_FitsAndCanBeRead(string name, int width, int height, bool isDark, bool isPhone)
    {
        await using var visitor = await chromium.VisitAsync(width, height, isDark, isPhone);
        await visitor.Page.GotoAsync(sample.Address);

        await visitor.Button("Sample picture").ClickAsync();
        await visitor.Button("Sample recording").ClickAsync();

        await Expect(visitor.Id("read-state")).ToContainTextAsync(" lines", new() { Timeout = 120_000 });
        await Expect(visitor.Id("listen-state")).ToContainTextAsync("3 stretches", new() { Timeout = 120_000 });
        await visitor.ShootAsync(name);
        await visitor.AssertFitsAsync();
        await visitor.AssertAccessibleAsync();
        visitor.AssertCalm();
    }
}
