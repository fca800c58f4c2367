using EdgeAI.Samples.Display;

namespace EdgeAI.Samples.Tests.Display;

/// <summary>Remembers what it was told to show.</summary>
internal sealed class RecordingDisplay : IDisplay
{
    public List<string> Lines { get; } = [];

    public List<string> Titles { get; } = [];

    public void WriteLine(string text) => Lines.Add(text);

    public Task ShowProgressAsync(string title, Func<IProgress<double>, Task> work)
    {
        Titles.Add(title);
        return work(new Progress<double>());
    }

    public void ShowTable(IReadOnlyList<Column> columns, IEnumerable<string[]> rows) => Lines.AddRange(rows.Select(row => string.Join('|', row)));

    public async Task ShowTableAsync(IReadOnlyList<Column> columns, IAsyncEnumerable<string[]> rows)
    {
        await foreach (var row in rows)
        {
            Lines.Add(string.Join('|', row));
        }
    }
}
