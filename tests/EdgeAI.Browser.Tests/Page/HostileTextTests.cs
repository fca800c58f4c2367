using EdgeAI.Browser.Tests.Browsers;
using EdgeAI.Browser.Tests.Hosting;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Testing.Onnx;
using static Microsoft.Playwright.Assertions;

namespace EdgeAI.Browser.Tests.Page;

/// <summary>Text from outside that would be markup.</summary>
public sealed class HostileTextTests(Chromium chromium)
{
    private const string Markup = "<img src=x onerror=\"window.wasRun=1\">";

    [Fact]
    public async Task Page_WithMarkupInNamesAndErrors_ShowsItAsText()
    {
        await using var host = await PageHost.StartAsync();
        var builder = new OnnxModelBuilder();
        builder.Graph
            .Input(Markup, OnnxType.Tensor(ElementType.String, 2))
            .Output("y" + Markup, OnnxType.Tensor(ElementType.String, 2))
            .Node("Identity", [Markup], ["y" + Markup]);
        await host.Store.ImportAsync("hostile", ModelSource.FromStream(new MemoryStream(builder.Build()), "model.onnx"), null, TestContext.Current.CancellationToken);
        await using var visitor = await chromium.VisitAsync();
        await visitor.Page.GotoAsync(host.Page);

        await visitor.Button("Try hostile:latest").ClickAsync();
        await Expect(visitor.Page.Locator("#try-inputs legend")).ToHaveTextAsync(Markup);
        await visitor.Page.GetByLabel("Values, in one list").FillAsync($"[\"{Markup.Replace("\"", "\\\"", StringComparison.Ordinal)}\", \"b\"]");
        await visitor.Button("Run").ClickAsync();
        await Expect(visitor.Id("try-result")).ToContainTextAsync("y" + Markup);
        await visitor.Page.GetByLabel("Values, in one list").FillAsync("[\"one alone\"]");
        await visitor.Button("Run").ClickAsync();
        await Expect(visitor.Id("try-error")).ToContainTextAsync(Markup);
        await visitor.Id("upload-file").SetInputFilesAsync(new Microsoft.Playwright.FilePayload { Name = Markup + ".onnx", MimeType = "", Buffer = [1, 2, 3] });
        await Expect(visitor.Id("drop")).ToContainTextAsync(Markup);
        await visitor.Id("upload-name").FillAsync(Markup);
        await visitor.Button("Upload").ClickAsync();
        await Expect(visitor.Id("upload-result")).ToContainTextAsync("<img");

        Assert.Equal(0, await visitor.Page.EvaluateAsync<int>("document.querySelectorAll('[onerror]').length + (window.wasRun ?? 0)"));
        visitor.AssertCalm();
    }
}
