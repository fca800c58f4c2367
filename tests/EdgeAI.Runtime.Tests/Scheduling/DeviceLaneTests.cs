using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Scheduling;

namespace EdgeAI.Runtime.Tests.Scheduling;

/// <summary>How long a run is expected to wait for a device.</summary>
public sealed class DeviceLaneTests
{
    private const int Bucket = 4;
    private const int Together = 8;

    private static readonly Digest Model = Digest.Of("a model"u8);

    [Theory]
    [InlineData(0, 3, 300)]
    [InlineData(1, 3, 300)]
    [InlineData(4, 3, 0)]
    [InlineData(4, 4, 25)]
    [InlineData(4, 11, 200)]
    public void PendingMilliseconds_DeviceHere_IsOfWhatIsMoreThanRunsAtOnce(int limit, int pending, double expected)
    {
        var lane = Lane(DeviceKind.Npu, limit);
        lane.NoteSuccess(Model, Bucket, TimeSpan.FromMilliseconds(100));

        Come(lane, pending);

        Assert.Equal(expected, lane.PendingMilliseconds, 0.001);
    }

    [Theory]
    [InlineData(100, Together - 1, 100)]
    [InlineData(100, (2 * Together) - 1, 200)]
    [InlineData(800, Together - 1, 800)]
    [InlineData(800, (2 * Together) - 1, 1600)]
    public void PendingMilliseconds_ClusterThatRanSeveralAtOnce_ExpectsThatItDoesAgain(double took, int pending, double expected)
    {
        var lane = Lane(DeviceKind.Remote);
        for (var i = 0; i < 40; i++)
        {
            var coming = Come(lane, Together);
            lane.NoteSuccess(Model, Bucket, TimeSpan.FromMilliseconds(took));
            coming.ForEach(lane.NoteGone);
        }

        Assert.True(lane.IsIdle);
        Assert.Equal(0, lane.PendingMilliseconds);
        Come(lane, pending);

        Assert.Equal(expected, lane.PendingMilliseconds + lane.Expect(Model, Bucket)!.Value, took * 0.01);
    }

    [Fact]
    public void PendingMilliseconds_ClusterWithALimitOfItsOwn_GoesByThat()
    {
        var lane = Lane(DeviceKind.Remote, limit: 2);
        Come(lane, Together).ForEach(coming => lane.NoteSuccess(Model, Bucket, TimeSpan.FromMilliseconds(100)));

        Assert.True(lane.PendingMilliseconds > 0);
    }

    private static DeviceLane Lane(DeviceKind kind, int limit = 0)
    {
        var provider = new TestProvider("device", kind);
        return new DeviceLane(0, provider, provider.Devices[0], new DeviceOptions { MaxConcurrentRuns = limit }, TimeProvider.System);
    }

    private static List<long> Come(DeviceLane lane, int count) => [.. Enumerable.Range(0, count).Select(_ => lane.NoteComing(Model, Bucket))];
}
