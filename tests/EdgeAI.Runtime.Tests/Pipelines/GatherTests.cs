using EdgeAI.Pipelines;

namespace EdgeAI.Runtime.Tests.Pipelines;

public sealed class GatherTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, true)]
    [InlineData(4, true)]
    [InlineData(4, false)]
    public async Task Gather_ManyOfEach_PutsThemTogetherInTheirOrder(int parallelism, bool keepOrder)
    {
        var options = new StageOptions { Parallelism = parallelism, KeepOrder = keepOrder };
        var pipeline = Pipeline.From<int>()
            .ThenMany(x => Enumerable.Range(0, x).Select(i => (x, i)), options)
            .Then(
                async (pair, _) =>
                {
                    for (var i = (pair.x + (3 * pair.i)) % 5; i > 0; i--)
                    {
                        await Task.Yield();
                    }

                    return pair;
                },
                options)
            .Gather()
            .Then(pairs => (pairs.Count > 0 ? pairs[0].x : 0, Count: pairs.Count, InOrder: pairs.Select((pair, i) => pair.i == i).All(isInOrder => isInOrder)));

        var results = await pipeline.Start(Enumerable.Range(0, 50), Cancellation).ToListAsync(Cancellation);

        Assert.Equal(Enumerable.Range(0, 50).Select(x => (x, x, true)), keepOrder ? results : results.Order());
    }

    [Fact]
    public async Task Gather_Nested_PutsEachLevelTogether()
    {
        var pipeline = Pipeline.From<int>()
            .ThenMany(x => Enumerable.Range(0, x))
            .ThenMany(y => Enumerable.Repeat(y, y), new StageOptions { Parallelism = 3 })
            .Gather()
            .Then(parts => parts.Count, new StageOptions { Parallelism = 2, KeepOrder = false })
            .Gather();

        var results = await pipeline.Start([3, 0, 5], Cancellation).ToListAsync(Cancellation);

        // The stage between the two that keeps no order lets an empty group's end overtake.
        Assert.Equal([[], [0, 1, 2], [0, 1, 2, 3, 4]], results.OrderBy(ys => ys.Count));
    }

    [Fact]
    public async Task Gather_SomeFailed_LeavesThemOut()
    {
        var failures = new System.Collections.Concurrent.ConcurrentBag<PipelineFailure>();
        var pipeline = Pipeline.From<int>(new PipelineOptions { OnItemFailed = failures.Add })
            .ThenMany(x => Enumerable.Range(10 * x, x == 2 ? throw new FormatException("no crops") : 4))
            .Then(y => y % 2 == 0 ? y : throw new FormatException("odd"), new StageOptions { Name = "recognise", Parallelism = 2 })
            .Gather();

        var results = await pipeline.Start([1, 2, 3], Cancellation).ToListAsync(Cancellation);

        Assert.Equal([[10, 12], [30, 32]], results);
        Assert.Equal(["1", "recognise", "recognise", "recognise", "recognise"], failures.Select(failure => failure.Stage).Order(StringComparer.Ordinal));
        Assert.Equal([2, 11, 13, 31, 33], failures.Select(failure => (int)failure.Item!).Order());
    }

    [Fact]
    public async Task Gather_MakingBreaksOff_GivesNothingForThatItemAndDiscardsWhatWasMade()
    {
        var discarded = new System.Collections.Concurrent.ConcurrentBag<object>();
        var pipeline = Pipeline.From<int>(new PipelineOptions { OnItemFailed = _ => { }, OnDiscarded = discarded.Add })
            .ThenMany(Break)
            .Then(y => y)
            .Gather();

        var results = await pipeline.Start([1, 2, 3], Cancellation).ToListAsync(Cancellation);

        Assert.Equal([[10, 11], [30, 31]], results);
        Assert.Equal([20], discarded);

        static IEnumerable<int> Break(int x)
        {
            yield return 10 * x;
            yield return x == 2 ? throw new FormatException("broken off") : (10 * x) + 1;
        }
    }

    [Fact]
    public void Gather_NothingToGather_IsRefused()
    {
        Assert.Throws<InvalidOperationException>(() => Pipeline.From<int>().Then(x => x).Gather());
        Assert.Throws<InvalidOperationException>(() => Pipeline.From<int>().ThenMany(x => new[] { x }).Gather().Gather());
        Assert.Throws<ArgumentOutOfRangeException>(() => Pipeline.From<int>().ThenMany(x => new[] { x }).Gather(0));
    }
}
