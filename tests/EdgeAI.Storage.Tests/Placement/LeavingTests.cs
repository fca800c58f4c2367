using EdgeAI.Storage.Placement;

namespace EdgeAI.Storage.Tests.Placement;

public sealed class LeavingTests
{
    [Fact]
    public void Choose_FirstIsEnough_TakesItOnly() => Assert.Equal(["a"], Leaving.Choose([("a", 5), ("b", 5)], 3));

    [Fact]
    public void Choose_LastIsEnoughAlone_PutsTheOthersBack() => Assert.Equal(["c"], Leaving.Choose([("a", 1), ("b", 2), ("c", 10), ("d", 1)], 9));

    [Fact]
    public void Choose_RoomForOneMore_PutsTheOneBackThatShouldLeaveLast() => Assert.Equal(["a", "c"], Leaving.Choose([("a", 2), ("b", 2), ("c", 10)], 12));

    [Fact]
    public void Choose_NotEnough_TakesAll() => Assert.Equal(["a", "b"], Leaving.Choose([("a", 1), ("b", 1)], 3));

    [Fact]
    public void Choose_NoRoomWanted_TakesNone() => Assert.Empty(Leaving.Choose([("a", 1)], 0));
}
