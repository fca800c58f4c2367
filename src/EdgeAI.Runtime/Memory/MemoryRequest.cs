using EdgeAI.Loading;

namespace EdgeAI.Memory;

/// <summary>A load that waits for room. It belongs to the lock of the loaded models.</summary>
internal sealed class MemoryRequest(SharedModel model, SharedLoad load, MemoryUse use, long number)
{
    public SharedModel Model => model;

    /// <summary>Its priority may rise while it waits, when somebody joins the load.</summary>
    public SharedLoad Load => load;

    public MemoryUse Use => use;

    /// <summary>Whoever has the lower number came first.</summary>
    public long Number => number;

    /// <summary>Completes when the bytes are reserved.</summary>
    public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
