using System.Diagnostics;

namespace EdgeAI.Samples.Display;

/// <summary>Plain lines, for files, pipes and logs: no colour, no cursor movement.</summary>
internal sealed class PlainDisplay(TextWriter writer) : IDisplay
{
    public void WriteLine(string text) => writer.WriteLine(text);

    public async Task ShowProgressAsync(string title, Func<IProgress<double>, Task> work)
    {
        writer.Write($"{title} … ");
        writer.Flush();
        var started = Stopwatch.GetTimestamp();
        await work(new Progress<double>());
        writer.WriteLine($"done in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.00} s");
    }

    public async Task ShowTableAsync(IReadOnlyList<Column> columns, IAsyncEnumerable<string[]> rows)
    {
        WriteRow(columns, [.. columns.Select(column => column.Title)]);
        await foreach (var row in rows)
        {
            WriteRow(columns, row);
        }
    }

    private void WriteRow(IReadOnlyList<Column> columns, string[] cells)
    {
        writer.WriteLine(string.Join("  ", cells.Select((cell, i) => columns[i].Pad(cell))).TrimEnd());
        writer.Flush();
    }
}
