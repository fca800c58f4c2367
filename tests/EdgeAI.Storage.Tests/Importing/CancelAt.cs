using EdgeAI.Models;

namespace EdgeAI.Storage.Tests.Importing;

/// <summary>Cancels an import at one of its reports.</summary>
internal sealed class CancelAt(ImportStage stage, int report) : IProgress<ImportProgress>, IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();
    private int _reports;

    public CancellationToken Token => _cancellation.Token;

    public void Report(ImportProgress value)
    {
        if (value.Stage == stage && ++_reports == report)
        {
            _cancellation.Cancel();
        }
    }

    public void Dispose() => _cancellation.Dispose();
}
