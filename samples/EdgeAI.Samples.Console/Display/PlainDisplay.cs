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
        try
        {
            await work(new Progress<double>());
        }
        catch
        {
            writer.WriteLine("failed");
            throw;
        }

        writer.WriteLine($"done in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.00} s");
    }

    public void ShowTable(IReadOnlyList<Column> columns, IEnumerable<string[]> rows)
    {
        WriteHeading(columns);
        foreach (var row in rows)
        {
            WriteRow(columns, row);
        }
    }

    public async Task ShowTableAsync(IReadOnlyList<Column> columns, IAsyncEnumerable<string[]> rows)
    {
        WriteHeading(columns);
        await foreach (var row in rows)
        {
            WriteRow(columns, row);
        }
    }

    private void WriteHeading(IReadOnlyList<Column> columns) => WriteRow(columns, [.. columns.Select(column => column.Title)]);

    private void WriteRow(IReadOnlyList<Column> columns, string[] cells)
    {
        writer.WriteLine(string.Join("  ", cells.Select((cell, i) => columns[i].Pad(cell))).TrimEnd());
        writer.Flush();
    }
}
