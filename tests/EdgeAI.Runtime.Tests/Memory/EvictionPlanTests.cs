using EdgeAI.Memory;

namespace EdgeAI.Runtime.Tests.Memory;

public sealed class EvictionPlanTests
{
    [Fact]
    public void Choose_SameLoss_TakesTheOneThatFreesMore() =>
        Assert.Equal(["large"], Choose(new MemoryUse(50, 0, 0), ("small", new(50, 0, 0), 10), ("large", new(500, 0, 0), 10), ("other", new(500, 0, 0), 11)));

    [Fact]
    public void Choose_OfSeveral_TakesTheLeastLossForEachByte() =>
        Assert.Equal(["cheap", "fair"], Choose(new MemoryUse(200, 0, 0), ("dear", new(100, 0, 0), 30), ("cheap", new(100, 0, 0), 10), ("fair", new(100, 0, 0), 20)));

    [Fact]
    public void Choose_OneAloneIsEnough_KeepsTheOthers() =>
        Assert.Equal(["large"], Choose(new MemoryUse(100, 0, 0), ("small", new(10, 0, 0), 0.5), ("large", new(100, 0, 0), 10)));

    [Fact]
    public void Choose_FreesWhatNobodyLacks_IsNotTaken() =>
        Assert.Equal(["device"], Choose(new MemoryUse(0, 0, 10), ("host", new(1000, 1000, 0), 0), ("device", new(0, 0, 10), 1000)));

    [Fact]
    public void Choose_NotEnoughPrivate_TakesNone() =>
        Assert.Empty(Choose(new MemoryUse(100, 50, 0), ("a", new(40, 50, 0), 1), ("b", new(50, 50, 0), 1)));

    [Fact]
    public void Choose_NotEnoughMapped_TakesWhatThereIs() =>
        Assert.Equal(["a", "b"], Choose(new MemoryUse(10, 500, 0), ("a", new(10, 50, 0), 1), ("b", new(10, 50, 0), 2)));

    [Fact]
    public void Choose_SeveralKindsShort_CoversEach() =>
        Assert.Equal(["a", "b"], Choose(new MemoryUse(10, 0, 10), ("a", new(10, 0, 0), 1), ("b", new(0, 0, 10), 2), ("c", new(10, 0, 0), 3)));

    private static IReadOnlyList<string> Choose(MemoryUse shortage, params (string, MemoryUse, double)[] candidates) => EvictionPlan.Choose(candidates, shortage);
}
