using EdgeAI.Samples.Display;

namespace EdgeAI.Samples.Tests.Display;

public sealed class PlainDisplayTests : IDisposable
{
    private static readonly Column[] Columns = [new("#", 2, AlignRight: true), new("name", 6), new("text", 0)];

    private readonly StringWriter _output = new() { NewLine = "\n" };

    public void Dispose() => _output.Dispose();

    [Fact]
    public void ShowTable_Rows_AlignsCellsWithoutTrailingSpace()
    {
        new PlainDisplay(_output).ShowTable(Columns, [["1", "ab", "two words"], ["10", "c", ""]]);

        Assert.Equal(" #  name    text\n 1  ab      two words\n10  c\n", _output.ToString());
    }

    [Fact]
    public async Task ShowTableAsync_SecondRowNotThereYet_HasWrittenTheFirst()
    {
        var seen = string.Empty;

        await new PlainDisplay(_output).ShowTableAsync(Columns, Rows());

        Assert.Contains("first", seen, StringComparison.Ordinal);
        Assert.Contains("second", _output.ToString(), StringComparison.Ordinal);

        async IAsyncEnumerable<string[]> Rows()
        {
            yield return ["1", "a", "first"];
            seen = _output.ToString();
            await Task.Yield();
            yield return ["2", "b", "second"];
        }
    }

    [Fact]
    public async Task ShowProgressAsync_WorkFails_EndsTheLineAndThrows()
    {
        var failure = new InvalidOperationException("broken");

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(
            () => new PlainDisplay(_output).ShowProgressAsync("Working", _ => Task.FromException(failure)));

        Assert.Same(failure, thrown);
        Assert.Equal("Working … failed\n", _output.ToString());
    }
}
