using EdgeAI.Testing.Files;

namespace EdgeAI.Samples.Tests;

public sealed class SampleProgramTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Run_Twice_ImportsTheFirstTimeOnly()
    {
        string[] args = [SampleProject.Picture, "--data", _directory.Path, "--out", _directory.Combine("marked.png")];

        var first = await SampleProject.RunAsync([.. args, "--models", SampleModels.Folder]);
        var second = await SampleProject.RunAsync(args);

        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Equal((0, ""), (second.ExitCode, second.Error));
        Assert.Contains("Models: nothing downloaded, imported 3.", first.Output, StringComparison.Ordinal);
        Assert.Contains("Models: nothing downloaded, nothing imported.", second.Output, StringComparison.Ordinal);
        Assert.All([first, second], run => Assert.Contains("%  EdgeAI runs models on this machine", run.Output, StringComparison.Ordinal));
        Assert.Contains("first line of text, since start", second.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(_directory.Combine("marked.png")));
    }

    [Fact]
    public async Task Run_Vad_FindsThreeStretchesOfSpeech()
    {
        var run = await SampleProject.RunAsync("vad", "--data", _directory.Path, "--models", SampleModels.Folder);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("  3  ", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("  4  ", run.Output, StringComparison.Ordinal);
        Assert.Contains("293 runs of the model", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--nope")]
    [InlineData("absent.png")]
    [InlineData("vad", "absent.wav")]
    public async Task Run_WrongArguments_PrintsOneLineAndExitsWithOne(params string[] args)
    {
        var run = await SampleProject.RunAsync(args);

        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(args[^1], run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Help_PrintsUsage()
    {
        var run = await SampleProject.RunAsync("--help");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("Usage:", run.Output, StringComparison.Ordinal);
    }
}
