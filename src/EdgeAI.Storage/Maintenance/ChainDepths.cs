using EdgeAI.Models;

namespace EdgeAI.Storage.Maintenance;

/// <summary>How many chunks are decoded before each chunk, as chains are now; what entries say may be out of date.</summary>
internal sealed class ChainDepths(Dictionary<Digest, Digest> bases)
{
    private readonly Dictionary<Digest, int> _depths = [];

    /// <summary>The chunk that a chunk is decoded with.</summary>
    public Digest? BaseOf(Digest chunk) => bases.TryGetValue(chunk, out var found) ? found : null;

    /// <summary>0 for a chunk that stands by itself.</summary>
    public int Of(Digest chunk)
    {
        var chain = new Stack<Digest>();
        var depth = -1;
        for (Digest? next = chunk; next is { } link; next = BaseOf(link))
        {
            if (_depths.TryGetValue(link, out depth))
            {
                break;
            }

            depth = -1;
            chain.Push(link);
        }

        while (chain.TryPop(out var link))
        {
            _depths.Add(link, ++depth);
        }

        return depth;
    }

    /// <summary>Takes note of a chunk that has another base now; its own chain is to be asked for after that of its base.</summary>
    public void Rebase(Digest chunk, Digest? baseline)
    {
        if (baseline is { } found)
        {
            bases[chunk] = found;
        }
        else
        {
            bases.Remove(chunk);
        }

        // What is decoded with it has become shorter too.
        _depths.Clear();
    }
}
