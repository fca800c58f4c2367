using EdgeAI.Models;
using EdgeAI.Transfers;

namespace EdgeAI.Storage.Clusters;

/// <summary>
/// Who in this process waits for which version. One of them pulls it for all, so all matter as much as the one that matters most: a pull that a load begins to wait for is critical from then on,
/// and stays so. Thread-safe.
/// </summary>
internal sealed class SharedPulls
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Digest, List<ITransfer>> _waiting = [];

    /// <summary>Says that somebody waits; disposing the result says that he does no more.</summary>
    public IDisposable Join(Digest version, ITransfer transfer)
    {
        lock (_gate)
        {
            if (!_waiting.TryGetValue(version, out var all))
            {
                _waiting.Add(version, all = []);
            }

            all.Add(transfer);
            var most = all.Max(each => each.Priority);
            foreach (var each in all)
            {
                each.Raise(most);
            }
        }

        return new Part(this, version, transfer);
    }

    private void Leave(Digest version, ITransfer transfer)
    {
        lock (_gate)
        {
            var all = _waiting[version];
            all.Remove(transfer);
            if (all.Count == 0)
            {
                _waiting.Remove(version);
            }
        }
    }

    private sealed class Part(SharedPulls pulls, Digest version, ITransfer transfer) : IDisposable
    {
        public void Dispose() => pulls.Leave(version, transfer);
    }
}
