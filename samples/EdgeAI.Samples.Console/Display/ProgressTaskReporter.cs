using Spectre.Console;

namespace EdgeAI.Samples.Display;

/// <summary>Moves a progress bar, on the reporting thread: a bar that lags behind its work would jump.</summary>
internal sealed class ProgressTaskReporter(ProgressTask task) : IProgress<double>
{
    public void Report(double value)
    {
        task.IsIndeterminate = false;
        task.Value = value;
    }
}
