using EdgeAI.Browser.Tests.Browsers;
using EdgeAI.Browser.Tests.Hosting;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Onnx;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EdgeAI.Browser.Tests.Page;

/// <summary>The form that runs any model.</summary>
public sealed class TryTests(Chromium chromium)
{
    // Two by two pixels: red and green above, blue and white below.
    private static readonly byte[] Pixels = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEklEQVR4nGP4z8DAAMIM/4EAAB/uBfsL2WiLAAAAAElFTkSuQmCC");

    [Fact]
    public async Task Try_ANumericModel_ShowsTheRightValues()
    {
        await using var host = await PageHost.StartAsync();
        await host.ImportAsync(TestModels.TableRows);
        await using var visitor = await OpenAsync(host, "table-rows:latest");

        await RunAsync(visitor, "[1, 3, 2]");

        var output = visitor.Page.Locator(".output");
        await Expect(output).ToContainTextAsync("FP32 [3, 2]");
        await Expect(output.Locator(".values")).ToHaveTextAsync("1, 10, 3, 30, 2, 20");
        await Expect(output).ToContainTextAsync("greatest30 at 3");
        await Expect(output).ToContainTextAsync("mean11");
        await Expect(visitor.Id("try-result")).ToContainTextAsync("from asking to the answer");
        visitor.AssertCalm();
    }

    [Fact]
    public async Task Try_EveryElementType_GoesThereAndBack()
    {
        await using var host = await PageHost.StartAsync();
        await host.ImportAsync(TestModels.NumericElementTypes.Select(TestModels.Identity));
        await using var visitor = await chromium.VisitAsync();
        await visitor.Page.GotoAsync(host.Page);

        foreach (var type in TestModels.NumericElementTypes)
        {
            await visitor.Id("try-model").SelectOptionAsync(TestModels.Identity(type).Name + ":latest");
            await visitor.Id("try-inputs").GetByLabel("Content").SelectOptionAsync("values");
            var (given, shown) = SamplesOf(type);
            await RunAsync(visitor, given);
            await Expect(visitor.Page.Locator(".values")).ToHaveTextAsync(shown);
        }

        visitor.AssertCalm();
    }

    [Fact]
    public async Task Try_AModelOfStrings_RunsIt()
    {
        await using var host = await PageHost.StartAsync();
        await host.ImportAsync(TestModels.Get("identity-string"));
        await using var visitor = await OpenAsync(host, "identity-string:latest");

        await RunAsync(visitor, """[["a", "żółw", ""], ["漢字", "\"", "f"]]""");

        await Expect(visitor.Page.Locator(".values")).ToHaveTextAsync("""
            "a", "żółw", "", "漢字", "\"", "f"
            """);
        visitor.AssertCalm();
    }

    [Theory]
    [InlineData("[[1, 2], [3, 4]]", "row")]
    [InlineData("[9]", "table-rows")]
    [InlineData("[1.5]", "no INT64")]
    [InlineData("[1, ", "no JSON")]
    public async Task Try_WithInputsThatDoNotGo_ShowsTheReason(string values, string reason)
    {
        await using var host = await PageHost.StartAsync();
        await host.ImportAsync(TestModels.TableRows);
        await using var visitor = await OpenAsync(host, "table-rows:latest");

        await RunAsync(visitor, values);

        await Expect(visitor.Id("try-error")).ToContainTextAsync(reason);
        await RunAsync(visitor, "[0]");
        await Expect(visitor.Page.Locator(".values")).ToHaveTextAsync("0, 0");
        await Expect(visitor.Id("try-error")).ToBeHiddenAsync();
        visitor.AssertCalm();
    }

    [Fact]
    public async Task Try_AModelOfPictures_MakesTheTensorOfAPicture()
    {
        await using var host = await PageHost.StartAsync();
        var builder = new OnnxModelBuilder();
        builder.Graph
            .Input("image", OnnxType.Tensor(ElementType.Float32, 1, 3, 2, 2))
            .Output("same", OnnxType.Tensor(ElementType.Float32, 1, 3, 2, 2))
            .Node("Identity", ["image"], ["same"]);
        await host.Store.ImportAsync("mirror", ModelSource.FromStream(new MemoryStream(builder.Build()), "model.onnx"), null, TestContext.Current.CancellationToken);
        await using var visitor = await OpenAsync(host, "mirror:latest");

        await visitor.Button("Run").ClickAsync();
        await Expect(visitor.Id("try-error")).ToHaveTextAsync("Pick a picture for 'image'.");
        await visitor.Page.GetByLabel("Picture", new() { Exact = true }).SetInputFilesAsync(new FilePayload { Name = "p.png", MimeType = "image/png", Buffer = Pixels });
        await Expect(visitor.Page.Locator(".picture canvas")).ToBeVisibleAsync();
        await visitor.Button("Run").ClickAsync();
        await Expect(visitor.Page.Locator(".values")).ToHaveTextAsync("1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1");
        await visitor.Page.GetByLabel("Range").SelectOptionAsync("signed");
        await visitor.Page.GetByLabel("Colours").SelectOptionAsync("bgr");
        await visitor.Button("Run").ClickAsync();

        await Expect(visitor.Page.Locator(".values")).ToHaveTextAsync("-1, -1, 1, 1, -1, 1, -1, 1, 1, -1, -1, 1");
        visitor.AssertCalm();
    }

    [Fact]
    public async Task Try_ARunThatIsStopped_EndsOnTheServerToo()
    {
        await using var host = await PageHost.StartAsync();
        await host.ImportAsync(TestModels.Loop);
        await using var visitor = await OpenAsync(host, "loop:latest");
        await visitor.Page.Locator("#try-inputs textarea").First.FillAsync(long.MaxValue.ToString(System.Globalization.CultureInfo.InvariantCulture).Insert(0, "\"") + "\"");
        await visitor.Button("Run").ClickAsync();
        await Expect(visitor.Model("loop:latest")).ToContainTextAsync("In memory");

        await visitor.Button("Stop").ClickAsync();

        await Expect(visitor.Id("try-error")).ToHaveTextAsync("The run was stopped.");
        await Expect(visitor.Model("loop:latest")).ToContainTextAsync("1 request, 1 failed");
        await Expect(visitor.Button("Run")).ToBeEnabledAsync();
        visitor.AssertCalm();
    }

    [Fact]
    public async Task Try_AModelThatTakesNoTensor_SaysSo()
    {
        await using var host = await PageHost.StartAsync();
        await host.ImportAsync(TestModels.StringMapInput);
        await using var visitor = await OpenAsync(host, "map-input-string:latest");

        await Expect(visitor.Id("try-error")).ToContainTextAsync("no form for");
        await Expect(visitor.Button("Run")).ToBeDisabledAsync();
        visitor.AssertCalm();
    }

    private static (string Given, string Shown) SamplesOf(ElementType type) => type switch
    {
        ElementType.Float32 or ElementType.Float64 => ("[0, -1.5, 0.1, 1e30, 3, 65504]", "0, -1.5, 0.1, 1e+30, 3, 65504"),
        ElementType.Float16 => ("[0, -1.5, 0.1, 1e30, 6e-8, 65504]", "0, -1.5, 0.09997559, Infinity, 5.960464e-8, 65504"),
        ElementType.BFloat16 => ("[0, -1.5, 0.1, 3, 1e30, 65504]", "0, -1.5, 0.1000977, 3, 1.000256e+30, 65536"),
        ElementType.Bool => ("[true, false, 1, 0, true, true]", "true, false, true, false, true, true"),
        ElementType.Int64 => ("[0, -1, \"9007199254740993\", \"-9223372036854775808\", 5, 6]", "0, -1, 9007199254740993, -9223372036854775808, 5, 6"),
        ElementType.UInt64 => ("[0, 1, \"18446744073709551615\", 4, 5, 6]", "0, 1, 18446744073709551615, 4, 5, 6"),
        ElementType.Int8 => ("[0, -128, 127, 4, 5, 6]", "0, -128, 127, 4, 5, 6"),
        ElementType.Int16 or ElementType.Int32 => ("[0, -32768, 32767, 4, 5, 6]", "0, -32768, 32767, 4, 5, 6"),
        ElementType.UInt8 => ("[0, 255, 3, 4, 5, 6]", "0, 255, 3, 4, 5, 6"),
        _ => ("[0, 65535, 3, 4, 5, 6]", "0, 65535, 3, 4, 5, 6"),
    };

    private static async Task RunAsync(Visitor visitor, string values)
    {
        await visitor.Page.GetByLabel("Values, in one list").FillAsync(values);
        await visitor.Button("Run").ClickAsync();
    }

    private async Task<Visitor> OpenAsync(PageHost host, string model)
    {
        var visitor = await chromium.VisitAsync();
        await visitor.Page.GotoAsync(host.Page);
        await visitor.Button("Try " + model).ClickAsync();
        return visitor;
    }
}
