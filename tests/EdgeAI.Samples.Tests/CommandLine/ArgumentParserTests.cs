using EdgeAI.Samples.CommandLine;

namespace EdgeAI.Samples.Tests.CommandLine;

public sealed class ArgumentParserTests
{
    [Fact]
    public void Parse_Nothing_ReadsTheSamplePicture()
    {
        var arguments = ArgumentParser.Parse([]);

        Assert.Equal(SampleCommand.ReadText, arguments.Command);
        Assert.Null(arguments.Input);
        Assert.Null(arguments.ModelsDirectory);
        Assert.EndsWith(Path.Combine("EdgeAI", "samples"), arguments.DataDirectory, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_AllOptions_TakesEach()
    {
        var arguments = ArgumentParser.Parse(["ocr", "--models", "m", "picture.png", "--data", "d", "--out", "o.png"]);

        Assert.Equal(SampleCommand.ReadText, arguments.Command);
        Assert.Equal("picture.png", arguments.Input);
        Assert.Equal("m", arguments.ModelsDirectory);
        Assert.Equal(Path.GetFullPath("d"), arguments.DataDirectory);
        Assert.Equal("o.png", arguments.Output);
    }

    [Theory]
    [InlineData("vad", SampleCommand.DetectSpeech)]
    [InlineData("draw-sample", SampleCommand.DrawSample)]
    [InlineData("help", SampleCommand.Help)]
    [InlineData("--help", SampleCommand.Help)]
    [InlineData("-h", SampleCommand.Help)]
    [InlineData("picture.jpg", SampleCommand.ReadText)]
    internal void Parse_FirstWord_ChoosesTheCommand(string word, SampleCommand expected) =>
        Assert.Equal(expected, ArgumentParser.Parse([word]).Command);

    [Theory]
    [InlineData("--nope")]
    [InlineData("picture.png", "-x", "1")]
    [InlineData("--models")]
    [InlineData("--models", "--data", "d")]
    [InlineData("one.png", "two.png")]
    public void Parse_WrongArguments_ThrowsOneLineThatNamesTheArgument(params string[] args)
    {
        var exception = Assert.Throws<SampleException>(() => ArgumentParser.Parse(args));

        Assert.Contains(args, argument => exception.Message.Contains(argument, StringComparison.Ordinal));
        Assert.Contains("--help", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }
}
