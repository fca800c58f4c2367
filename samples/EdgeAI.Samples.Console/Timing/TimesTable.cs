using System.Globalization;
using EdgeAI.Samples.Display;

namespace EdgeAI.Samples.Timing;

/// <summary>Shows where the time went.</summary>
internal sealed class TimesTable(Timeline timeline, params Stage[] stages)
{
    private static readonly Column[] Columns = [new("step", 32), new("ms", 8, AlignRight: true)];

    /// <param name="display">Where.</param>
    /// <param name="milestones">What else happened, and how long after the start of the process; null for what did not happen.</param>
    public Task ShowAsync(IDisplay display, params (string Name, TimeSpan? After)[] milestones)
    {
        var rows = stages.Select(stage => CreateRow(Describe(stage), timeline[stage]))
            .Concat(milestones.Where(milestone => milestone.After is not null).Select(m => CreateRow(m.Name + ", since start", m.After!.Value)))
            .Append(CreateRow("total, since start", timeline.SinceProcessStart));
        return display.ShowTableAsync(Columns, rows.ToAsyncEnumerable());
    }

    private static string[] CreateRow(string name, TimeSpan time) => [name, time.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)];

    private static string Describe(Stage stage) => stage switch
    {
        Stage.Load => "load (models side by side)",
        _ => stage.ToString().ToLowerInvariant(),
    };
}
