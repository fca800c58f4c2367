namespace EdgeAI.Storage.Transfers;

/// <summary>Bytes that wait for their turn.</summary>
internal sealed class TransferRequest(Transfer transfer, int bytes) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public Transfer Transfer => transfer;

    public int Bytes => bytes;
}
