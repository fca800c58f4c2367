using EdgeAI.Benchmarks.Store.Processes;

namespace EdgeAI.Benchmarks.Store.Peers;

/// <summary>A peer that brings a file to a node which has an earlier version of it.</summary>
internal interface IUpdatePeer : IPeer
{
    /// <summary>Makes an update.</summary>
    /// <param name="before">The path of the file that the node has.</param>
    /// <param name="after">The path of the file that it gets.</param>
    /// <param name="work">An empty folder.</param>
    /// <returns>Bytes that must be moved to the node.</returns>
    Task<long> MeasureAsync(string before, string after, WorkFolder work);
}
