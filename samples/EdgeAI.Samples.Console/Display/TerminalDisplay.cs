using Spectre.Console;

namespace EdgeAI.Samples.Display;

/// <summary>Progress bars and tables, for a terminal.</summary>
internal sealed class TerminalDisplay : IDisplay
{
    public void WriteLine(string text) => AnsiConsole.WriteLine(text);

    public Task ShowProgressAsync(string title, Func<IProgress<double>, Task> work) =>
        AnsiConsole.Progress()
            .Columns(new SpinnerColumn(), new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(title), maxValue: 1);
                task.IsIndeterminate = true;
                await work(new ProgressTaskReporter(task));
                task.IsIndeterminate = false;
                task.Value = 1;
            });

    public void ShowTable(IReadOnlyList<Column> columns, IEnumerable<string[]> rows)
    {
        var table = CreateTable(columns);
        foreach (var row in rows)
        {
            AddRow(table, row);
        }

        AnsiConsole.Write(table);
    }

    public async Task ShowTableAsync(IReadOnlyList<Column> columns, IAsyncEnumerable<string[]> rows)
    {
        var table = CreateTable(columns);

        // A live table is cut off at the height of the terminal, so it gives way to the whole one at the end.
        await AnsiConsole.Live(table).AutoClear(true).StartAsync(async context =>
        {
            await foreach (var row in rows)
            {
                AddRow(table, row);
                context.Refresh();
            }
        });
        AnsiConsole.Write(table);
    }

    private static void AddRow(Table table, string[] cells) => table.AddRow([.. cells.Select(Markup.Escape)]);

    private static Table CreateTable(IReadOnlyList<Column> columns)
    {
        var table = new Table().RoundedBorder();
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(Markup.Escape(column.Title)) { Alignment = column.AlignRight ? Justify.Right : Justify.Left });
        }

        return table;
    }
}
