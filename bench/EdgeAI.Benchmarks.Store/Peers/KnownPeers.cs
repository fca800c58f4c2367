using EdgeAI.Benchmarks.Store.Processes;

namespace EdgeAI.Benchmarks.Store.Peers;

/// <summary>The peers that are measured: those asked for and installed.</summary>
internal sealed record KnownPeers(IReadOnlyList<IArchivePeer> Archives, IReadOnlyList<IUpdatePeer> Updates)
{
    private static readonly CasyncPeer Casync = new();

    private static readonly IPeer[] All =
    [
        new ZstdPeer(), new TarZstdPeer(), Casync, new BorgPeer("borg 64K", BorgPeer.Chunks64K), new BorgPeer("borg", null), new ResticPeer(),
        new ZstdPatchPeer(), new RsyncPeer(), new XdeltaPeer(),
    ];

    /// <summary>The peers to measure; those that are missing are named on the error stream, with how to install them.</summary>
    public static KnownPeers Find(PeerSelection selection)
    {
        var wanted = All.Where(peer => selection == PeerSelection.All || (selection == PeerSelection.Fast && !peer.IsSlow)).ToArray();
        var missing = wanted.Where(peer => !Command.Exists(peer.Program)).ToArray();
        foreach (var peer in missing)
        {
            Console.Error.WriteLine($"{peer.Name} is left out: there is no '{peer.Program}'. Install it by 'apt-get install {peer.Package}', or all peers by 'bash eng/bench-peers.sh'.");
        }

        IPeer[] found = [.. wanted.Except(missing)];
        return new KnownPeers([.. found.OfType<IArchivePeer>()], [.. found.OfType<IUpdatePeer>()]);
    }
}
