using System.Globalization;
using EdgeAI.Benchmarks.Store.Processes;

namespace EdgeAI.Benchmarks.Store.Peers;

/// <summary>xdelta3 as it comes, but with all of the earlier version in its window.</summary>
internal sealed class XdeltaPeer : IUpdatePeer
{
    // What xdelta3 takes at most, and its default.
    private const long LargestWindow = 1L << 31;
    private const long SmallestWindow = 1L << 26;

    public string Name => "xdelta3";

    public string Program => "xdelta3";

    public string Package => "xdelta3";

    public bool IsSlow => true;

    public async Task<long> MeasureAsync(string before, string after, WorkFolder work)
    {
        var patch = work.File("patch.vcdiff");
        var window = Math.Clamp(new FileInfo(before).Length, SmallestWindow, LargestWindow).ToString(CultureInfo.InvariantCulture);
        await new Command(Program, ["-e", "-q", "-B", window, "-s", before, after, patch]).RunAsync();
        return new FileInfo(patch).Length;
    }
}
