using EdgeAI.Models;

namespace EdgeAI.Samples.Models;

/// <summary>Turns an import's progress into a share of the whole.</summary>
internal sealed class ImportProgressReporter(IProgress<double> progress) : IProgress<ImportProgress>
{
    public void Report(ImportProgress value)
    {
        if (value.BytesTotal > 0)
        {
            progress.Report((double)value.BytesDone / value.BytesTotal);
        }
    }
}
