using EdgeAI.Storage.Materializing;

namespace EdgeAI.Storage.Tests.Materializing;

public sealed class HotRunTests
{
    private const int Megabyte = 1 << 20;

    [Fact]
    public void Gather_NoParts_IsNoRuns() => Assert.Empty(HotRun.Gather([]));

    [Fact]
    public void Gather_LargeAndSmallParts_EndsARunWhereItIsLongEnough()
    {
        var runs = HotRun.Gather([Part(0, 300), Part(300, Megabyte), Part(Megabyte + 4096, 200), Part((2 * Megabyte) + 4096, 10), Part(4 * Megabyte, 7)]).ToArray();

        Assert.Equal([(0, Megabyte + 300), (Megabyte + 4096, Megabyte + 10), (4L * Megabyte, 7)], runs.Select(run => (run.Offset, run.Length)));
        Assert.Equal([2, 2, 1], runs.Select(run => run.Parts.Count));
    }

    private static HotPart Part(long offset, int length) => new(offset, length, null, offset);
}
