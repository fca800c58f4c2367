using System.Numerics;
using EdgeAI.Samples.Imaging;
using EdgeAI.Samples.Ocr;
using EdgeAI.Samples.Timing;
using EdgeAI.Testing.Files;

namespace EdgeAI.Samples.Tests.Ocr;

public sealed class OcrPipelineTests(SampleModels sample)
{
    [Fact]
    public async Task ReadAsync_SamplePicture_ReadsEveryLine()
    {
        var lines = await ReadAsync(SampleProject.Picture);

        Assert.Equal(
            [
                "EdgeAI runs models on this machine",
                "本地运行人工智能模型",
                "Open daily 08:30 - 17:45",
                "营业时间每天",
                "Order No. 2026-0714",
                "This card hangs upside down",
                "欢迎光临",
                "Turned to the right",
                "Total: 1,234.50 EUR",
                "合计9876元",
                "drawn by code, read by code",
            ],
            lines.Select(line => line.Text));
        Assert.All(lines, line => Assert.InRange(line.Confidence, 0.95f, 1f));
    }

    [Theory]
    [InlineData("EdgeAI runs models on this machine", 0)]
    [InlineData("Open daily 08:30 - 17:45", -7)]
    [InlineData("Order No. 2026-0714", 12)]
    [InlineData("欢迎光临", -25)]
    [InlineData("Turned to the right", 90)]
    [InlineData("This card hangs upside down", 180)]
    public async Task ReadAsync_SamplePicture_FindsTheDirectionThatALineWasDrawnIn(string text, float degrees)
    {
        var lines = await ReadAsync(SampleProject.Picture);

        var area = Assert.Single(lines, line => line.Text == text).Area;
        var angle = degrees * MathF.PI / 180;
        var direction = Vector2.Normalize(area.TopRight - area.TopLeft);
        Assert.Equal(MathF.Cos(angle), direction.X, 0.03f);
        Assert.Equal(MathF.Sin(angle), direction.Y, 0.03f);
    }

    [Fact]
    public async Task ReadAsync_SamplePictureTurnedAround_ReadsTheSameText()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.Combine("turned.png");
        PictureFiles.SaveTurned(SampleProject.Picture, path, 180);

        var lines = await ReadAsync(path);

        Assert.Equal(11, lines.Count);
        Assert.Contains("Order No. 2026-0714", lines.Select(line => line.Text));
        Assert.Contains("合计9876元", lines.Select(line => line.Text));
    }

    [Fact]
    public async Task ReadAsync_WhitePicture_FindsNothing()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.Combine("white.png");
        PictureFiles.SaveBlank(path, 300, 200);

        Assert.Empty(await ReadAsync(path));
    }

    [Fact]
    public async Task ReadAsync_Cancelled_Throws()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        using var picture = Picture.Open(SampleProject.Picture);
        await using var models = new OcrModels(sample.Edge.Engine, new Timeline(), TestContext.Current.CancellationToken);
        var pipeline = new OcrPipeline(models, CharacterSet.Load(sample.KeyFile), new Timeline());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await pipeline.ReadAsync(picture, cancelled.Token).ToListAsync(TestContext.Current.CancellationToken));
    }

    private async Task<List<TextLine>> ReadAsync(string path)
    {
        using var picture = Picture.Open(path);
        var timeline = new Timeline();
        await using var models = new OcrModels(sample.Edge.Engine, timeline, TestContext.Current.CancellationToken);
        var pipeline = new OcrPipeline(models, CharacterSet.Load(sample.KeyFile), timeline);
        return await pipeline.ReadAsync(picture, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
    }
}
