using EdgeAI.Samples.Tests.Models;

namespace EdgeAI.Samples.Tests;

public sealed class SampleProgramTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Run_Twice_ImportsTheFirstTimeOnly()
    {
        string[] args = [Repository.SamplePicture, "--data", _directory.Path, "--out", _directory.File("marked.png")];

        var first = await SampleProcess.RunAsync([.. args, "--models", SampleModels.Folder]);
        var second = await SampleProcess.RunAsync(args);

        Assert.Equal((0, ""), (first.ExitCode, first.Errors));
        Assert.Equal((0, ""), (second.ExitCode, second.Errors));
        Assert.Contains("Models: nothing downloaded, imported 3.", first.Output, StringComparison.Ordinal);
        Assert.Contains("Models: nothing downloaded, nothing imported.", second.Output, StringComparison.Ordinal);
        Assert.All([first, second], run => Assert.Contains("%  EdgeAI runs models on this machine", run.Output, StringComparison.Ordinal));
        Assert.All([first, second], run => Assert.Contains("%  合计9876元", run.Output, StringComparison.Ordinal));
        Assert.Contains("first line of text, since start", second.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(_directory.File("marked.png")));
    }

    [Fact]
    public async Task Run_Vad_FindsThreeStretchesOfSpeech()
    {
        var run = await SampleProcess.RunAsync("vad", "--data", _directory.Path, "--models", SampleModels.Folder);

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
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
        var run = await SampleProcess.RunAsync(args);

        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Single(run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(args[^1], run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Help_PrintsUsage()
    {
        var run = await SampleProcess.RunAsync("--help");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Contains("Usage:", run.Output, StringComparison.Ordinal);
    }
}
