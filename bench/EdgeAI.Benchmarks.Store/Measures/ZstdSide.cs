using EdgeAI.Benchmarks.Store.Peers;
using EdgeAI.Benchmarks.Store.Processes;

namespace EdgeAI.Benchmarks.Store.Measures;

/// <summary>Speeds are told beside zstd, so without it there is nothing to tell.</summary>
internal static class ZstdSide
{
    public static bool IsThere(ZstdPeer zstd, string measure)
    {
        var isThere = Command.Exists(zstd.Program);
        if (!isThere)
        {
            Console.Error.WriteLine($"{measure} is left out: there is no '{zstd.Program}'. Install it by 'apt-get install {zstd.Package}'.");
        }

        return isThere;
    }
}
