namespace EdgeAI.Storage.Tests.Clusters;

/// <summary>Cancels a pull when a share of it is done.</summary>
internal sealed class StopAt(CancellationTokenSource stop, double share) : IProgress<PullProgress>
{
    /// <summary>The stored bytes that the pull was to fetch.</summary>
    public long Total { get; private set; }

    public void Report(PullProgress value)
    {
        Total = value.BytesTotal;
        if (value.BytesDone > value.BytesTotal * share)
        {
            stop.Cancel();
        }
    }
}
