using EdgeAI.Samples.Models;

namespace EdgeAI.Samples.Display;

/// <summary>Where the sample shows what it does.</summary>
internal interface IDisplay : IProgressDisplay
{
    /// <summary>Writes a line.</summary>
    void WriteLine(string text);

    /// <summary>Shows rows that are there.</summary>
    void ShowTable(IReadOnlyList<Column> columns, IEnumerable<string[]> rows);

    /// <summary>Shows rows as they come.</summary>
    Task ShowTableAsync(IReadOnlyList<Column> columns, IAsyncEnumerable<string[]> rows);
}
