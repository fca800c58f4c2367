using System.Globalization;
using EdgeAI.Samples.Display;

namespace EdgeAI.Samples.Timing;

/// <summary>Shows where the time went.</summary>
internal sealed class TimesTable(Timeline timeline, params Stage[] stages)
{
    private static readonly Column[] Columns = [new("step", 32), new("ms", 8, AlignRight: true)];

    /// <param name="display">Where.</param>
    /// <param name="milestones">What else happened, and how long after the start of the process; null for what did not happen.</param>
    public void Show(IDisplay display, params (string Name, TimeSpan? After)[] milestones)
    {
        var rows = stages
            .Select(stage => CreateRow(stage.ToString().ToLowerInvariant(), timeline[stage]))
            .Concat(milestones.Where(milestone => milestone.After is not null).Select(milestone => CreateRow(milestone.Name, milestone.After!.Value)))
            .Append(CreateRow("total, since start", timeline.SinceProcessStart));
        display.ShowTable(Columns, rows);
    }

    private static string[] CreateRow(string name, TimeSpan time) => [name, time.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)];
}
