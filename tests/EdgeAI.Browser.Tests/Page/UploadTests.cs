using System.Text.RegularExpressions;
using EdgeAI.Browser.Tests.Browsers;
using EdgeAI.Browser.Tests.Hosting;
using EdgeAI.Inference;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Onnx;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EdgeAI.Browser.Tests.Page;

/// <summary>The upload box.</summary>
public sealed class UploadTests(Chromium chromium)
{
    private const int Large = 1_000_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Upload_OfAModel_ImportsAndShowsIt()
    {
        await using var host = await PageHost.StartAsync();
        await using var visitor = await chromium.VisitAsync();
        await visitor.Page.GotoAsync(host.Page);
        await Expect(visitor.Id("models-empty")).ToContainTextAsync("no model yet");

        await visitor.Id("upload-file").SetInputFilesAsync(new FilePayload { Name = "my rows (1).onnx", MimeType = "", Buffer = TestModels.TableRows.Content });
        await Expect(visitor.Id("upload-name")).ToHaveValueAsync("my-rows-1-:latest");
        await visitor.Id("upload-name").FillAsync("shop/rows:v2");
        await visitor.Button("Upload").ClickAsync();

        await Expect(visitor.Id("upload-result")).ToContainTextAsync("shop/rows:v2 is imported");
        await Expect(visitor.Model("shop/rows:v2")).ToBeVisibleAsync();
        Assert.NotNull(await host.Store.FindAsync("shop/rows:v2", Cancellation));
        visitor.AssertCalm();
    }

    [Fact]
    public async Task Upload_OfAFileThatIsDropped_ImportsIt()
    {
        await using var host = await PageHost.StartAsync();
        await using var visitor = await chromium.VisitAsync();
        await visitor.Page.GotoAsync(host.Page);
        var dropped = await visitor.Page.EvaluateHandleAsync(
            "content => { const data = new DataTransfer(); data.items.add(new File([Uint8Array.from(atob(content), letter => letter.charCodeAt(0))], 'dropped.onnx')); return data; }",
            Convert.ToBase64String(TestModels.TableRows.Content));

        await visitor.Id("drop").DispatchEventAsync("drop", new { dataTransfer = dropped });
        await visitor.Button("Upload").ClickAsync();

        await Expect(visitor.Id("upload-result")).ToContainTextAsync("dropped:latest is imported");
        visitor.AssertCalm();
    }

    [Theory]
    [InlineData("broken.onnx", "broken:latest", "is not a usable model")]
    [InlineData("rows.onnx", "no name at all", "U+0020")]
    public async Task Upload_ThatIsRefused_ShowsTheServersReason(string file, string name, string reason)
    {
        await using var host = await PageHost.StartAsync();
        await using var visitor = await chromium.VisitAsync();
        await visitor.Page.GotoAsync(host.Page);

        await visitor.Id("upload-file").SetInputFilesAsync(new FilePayload { Name = file, MimeType = "", Buffer = "this is no model"u8.ToArray() });
        await visitor.Id("upload-name").FillAsync(name);
        await visitor.Button("Upload").ClickAsync();

        await Expect(visitor.Id("upload-result")).ToContainTextAsync(reason);
        await Expect(visitor.Id("upload-result")).ToHaveClassAsync(new Regex("is-bad"));
        await Expect(visitor.Button("Upload")).ToBeEnabledAsync();
        Assert.Empty(await host.Store.ListAsync(Cancellation));
        visitor.AssertCalm();
    }

    [Fact]
    public async Task Upload_WhenTheServerRestartsInTheMiddle_GoesOnWhereItWas()
    {
        await using var host = await PageHost.StartAsync();
        using var folder = new TemporaryDirectory();
        var file = SaveLarge(folder);
        await using var visitor = await chromium.VisitAsync();
        await visitor.Page.GotoAsync(host.Page);
        var offsets = new List<long>();
        var breaks = 1;
        await visitor.Page.RouteAsync("**/uploads/*", async route =>
        {
            if (route.Request.Method == "PATCH")
            {
                offsets.Add(long.Parse(route.Request.Headers["upload-offset"], System.Globalization.CultureInfo.InvariantCulture));
                if (offsets.Count == 3 && breaks-- > 0)
                {
                    await host.StopAsync();
                }
            }

            await route.ContinueAsync();
        });

        await visitor.Id("upload-file").SetInputFilesAsync(file);
        await visitor.Button("Upload").ClickAsync();
        await Expect(visitor.Id("upload-state")).ToContainTextAsync("The connection broke at 2.1 MB");
        await host.RestartAsync();

        await Expect(visitor.Id("upload-result")).ToContainTextAsync("large:latest is imported");
        Assert.Single(offsets, offset => offset == 0);
        Assert.True(offsets.Count > 4, "The break was not in the middle.");
        Assert.Equal(new FileInfo(file).Length, (await host.Store.FindAsync("large", Cancellation))!.Length);
        visitor.AssertCalm();
    }

    [Fact]
    public async Task Upload_WhenThePageIsLoadedAnew_GoesOnWhereItWas()
    {
        await using var host = await PageHost.StartAsync();
        using var folder = new TemporaryDirectory();
        var file = SaveLarge(folder);
        await using var visitor = await chromium.VisitAsync();
        await visitor.Page.GotoAsync(host.Page);
        var offsets = new List<string>();
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await visitor.Page.RouteAsync("**/uploads/*", async route =>
        {
            if (route.Request.Method == "PATCH")
            {
                offsets.Add(route.Request.Headers["upload-offset"]);
                if (offsets.Count == 3)
                {
                    held.SetResult();
                    return;
                }
            }

            await route.ContinueAsync();
        });
        await visitor.Id("upload-file").SetInputFilesAsync(file);
        await visitor.Button("Upload").ClickAsync();
        await held.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);

        await visitor.Page.ReloadAsync();
        await visitor.Id("upload-file").SetInputFilesAsync(file);
        await visitor.Button("Upload").ClickAsync();

        await Expect(visitor.Id("upload-result")).ToContainTextAsync("large:latest is imported");
        Assert.Single(offsets, offset => offset == "0");
        visitor.AssertCalm();
    }

    [Fact]
    public async Task Upload_ThatIsCancelled_LeavesNothing()
    {
        await using var host = await PageHost.StartAsync();
        using var folder = new TemporaryDirectory();
        var file = SaveLarge(folder);
        await using var visitor = await chromium.VisitAsync();
        await visitor.Page.GotoAsync(host.Page);
        var address = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await visitor.Page.RouteAsync("**/uploads/*", async route =>
        {
            if (route.Request.Method == "PATCH")
            {
                address.TrySetResult(route.Request.Url);
                return;
            }

            await route.ContinueAsync();
        });
        await visitor.Id("upload-file").SetInputFilesAsync(file);
        await visitor.Button("Upload").ClickAsync();
        var place = await address.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);

        await visitor.Button("Cancel").ClickAsync();

        await Expect(visitor.Id("upload-result")).ToHaveTextAsync("The upload is cancelled.");
        using var answer = await host.Client.GetAsync(place, Cancellation);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, answer.StatusCode);
        visitor.AssertCalm();
    }

    private static string SaveLarge(TemporaryDirectory folder)
    {
        var builder = new OnnxModelBuilder();
        builder.Graph
            .Input("x", OnnxType.Tensor(ElementType.Float32, 1))
            .Output("y", OnnxType.Tensor(ElementType.Float32, Large))
            .Initializer(OnnxTensor.Create("w", SeededRandom.Floats(3, Large), Large))
            .Node("Add", ["x", "w"], ["y"]);
        var path = folder.Combine("large.onnx");
        File.WriteAllBytes(path, builder.Build());
        return path;
    }
}
