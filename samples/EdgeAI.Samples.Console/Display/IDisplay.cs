namespace EdgeAI.Samples.Display;

/// <summary>Where the sample shows what it does.</summary>
internal interface IDisplay
{
    /// <summary>Writes a line.</summary>
    void WriteLine(string text);

    /// <summary>Shows that something long is going on. The work reports how much is done, from 0 to 1; until it does, that is unknown.</summary>
    Task ShowProgressAsync(string title, Func<IProgress<double>, Task> work);

    /// <summary>Shows rows that are there.</summary>
    void ShowTable(IReadOnlyList<Column> columns, IEnumerable<string[]> rows);

    /// <summary>Shows rows as they come.</summary>
    Task ShowTableAsync(IReadOnlyList<Column> columns, IAsyncEnumerable<string[]> rows);
}
