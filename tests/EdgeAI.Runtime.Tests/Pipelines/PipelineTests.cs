using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Pipelines;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Runtime.Tests.Pipelines;

public sealed class PipelineTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_Stages_EachMakesOfWhatTheOneBeforeMade()
    {
        var pipeline = Pipeline.From<int>().Then(x => x + 1).Then((x, _) => ValueTask.FromResult($"<{x}>"));

        Assert.Equal(["<1>", "<2>", "<3>"], await ReadAsync(pipeline.Start([0, 1, 2], Cancellation)));
        Assert.Empty(await ReadAsync(pipeline.Start([], Cancellation)));
        Assert.Equal([7], await ReadAsync(Pipeline.From<int>().Start([7], Cancellation)));
    }

    [Fact]
    public async Task Start_TwoStages_WorkAtTheSameTime()
    {
        var secondBegun = NewSignal();
        var firstSeen = NewSignal();
        var pipeline = Pipeline.From<int>()
            .Then(async (x, token) =>
            {
                if (x == 1)
                {
                    secondBegun.SetResult();
                    await firstSeen.Task.WaitAsync(token);
                }

                return x;
            })
            .Then(async (x, token) =>
            {
                if (x == 0)
                {
                    // The first stage must be in the middle of the next item, or nobody ever goes on.
                    await secondBegun.Task.WaitAsync(token);
                    firstSeen.SetResult();
                }

                return x;
            });

        Assert.Equal([0, 1], await ReadAsync(pipeline.Start([0, 1], Cancellation)));
    }

    [Fact]
    public async Task Start_Parallelism_WorksOnThatManyAtOnceAndNoMore()
    {
        const int Parallelism = 4;
        var (now, most) = (0, 0);
        var all = NewSignal();
        var pipeline = Pipeline.From<int>().Then(
            async (x, token) =>
            {
                var working = Interlocked.Increment(ref now);
                InterlockedMax(ref most, working);
                if (working == Parallelism)
                {
                    all.TrySetResult();
                }

                await all.Task.WaitAsync(token);
                await Task.Yield();
                Interlocked.Decrement(ref now);
                return x;
            },
            new StageOptions { Parallelism = Parallelism, KeepOrder = false });

        var results = await ReadAsync(pipeline.Start(Enumerable.Range(0, 100), Cancellation));

        Assert.Equal(Enumerable.Range(0, 100), results.Order());
        Assert.Equal(Parallelism, most);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Start_LastItemIsReadyFirst_KeepsTheOrderIfAskedTo(bool keepOrder)
    {
        var lastReady = NewSignal();
        var firstRead = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var pipeline = Pipeline.From<int>()
            .Then(
                async (x, token) =>
                {
                    await (x == 3 ? Task.CompletedTask : lastReady.Task.WaitAsync(token));
                    return x;
                },
                new StageOptions { Parallelism = 4, KeepOrder = keepOrder })
            .Then(x => x);
        await using var run = pipeline.Start([0, 1, 2, 3], Cancellation);
        await using var reader = run.GetAsyncEnumerator(Cancellation);
        List<int> results = [];
        var reading = ReadAllAsync();
        if (!keepOrder)
        {
            Assert.Equal(3, await firstRead.Task);
        }

        lastReady.SetResult();
        await reading;

        Assert.Equal(keepOrder ? [0, 1, 2, 3] : new[] { 3, 0, 1, 2 }, keepOrder ? results : results.Take(1).Concat(results.Skip(1).Order()));

        async Task ReadAllAsync()
        {
            while (await reader.MoveNextAsync())
            {
                results.Add(reader.Current);
                firstRead.TrySetResult(reader.Current);
            }
        }
    }

    [Fact]
    public async Task Start_ParallelAndInOrder_KeepsTheOrderOfMany()
    {
        var pipeline = Pipeline.From<int>()
            .ThenMany(x => Enumerable.Range(0, x % 3).Select(i => (x, i)), new StageOptions { Parallelism = 3, Buffer = 1 })
            .Then(
                async (pair, _) =>
                {
                    for (var i = (pair.x * 7) % 11; i > 0; i--)
                    {
                        await Task.Yield();
                    }

                    return pair;
                },
                new StageOptions { Parallelism = 8 });

        var results = await ReadAsync(pipeline.Start(Enumerable.Range(0, 300), Cancellation));

        Assert.Equal(Enumerable.Range(0, 300).SelectMany(x => Enumerable.Range(0, x % 3).Select(i => (x, i))), results);
    }

    [Fact]
    public async Task Start_SlowReader_HoldsTheSourceBack()
    {
        // In the output's buffer, in the stage, in the source's buffer, and in the hand of who feeds it.
        const int Buffer = 3;
        const int Bound = Buffer + 3;
        var (produced, read, most) = (0, 0, 0);
        var full = NewSignal();
        var pipeline = Pipeline.From<int>().Then(x => x, new StageOptions { Buffer = Buffer });
        await using var run = pipeline.Start(Source(), Cancellation);
        await full.Task;
        Assert.Equal(Bound, Volatile.Read(ref produced));

        await foreach (var _ in run)
        {
            Interlocked.Increment(ref read);
        }

        Assert.Equal(1000, produced);

        // A result that the reader has just taken makes room before the reader counts it.
        Assert.InRange(most, Bound, Bound + 1);

        IEnumerable<int> Source()
        {
            for (var i = 0; i < 1000; i++)
            {
                var count = Interlocked.Increment(ref produced);
                InterlockedMax(ref most, count - Volatile.Read(ref read));
                if (count == Bound)
                {
                    full.SetResult();
                }

                yield return i;
            }
        }
    }

    [Fact]
    public async Task ThenRun_ModelWithBatching_GivesEachItemItsOwn()
    {
        await using var test = new TestRuntime();
        await test.ImportAsync(TestModels.TableRows);
        await using var model = await test.Runtime.Engine.LoadAsync("table-rows", new ModelLoadOptions { Batching = new BatchingOptions() }, Cancellation);
        var pipeline = Pipeline.From<int>().ThenRun(
            model,
            x => TestModels.TableInputs(x % 4),
            (x, outputs) => (x, outputs.GetTensor("y").AsSpan<float>()[1]),
            new StageOptions { Parallelism = 8 });

        var results = await ReadAsync(pipeline.Start(Enumerable.Range(0, 200), Cancellation));

        Assert.Equal(Enumerable.Range(0, 200).Select(x => (x, x % 4 * 10f)), results);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1025, 1)]
    [InlineData(1, 0)]
    [InlineData(1, (1 << 20) + 1)]
    public void Then_OptionOutOfItsRange_IsRefused(int parallelism, int buffer)
    {
        var options = new StageOptions { Parallelism = parallelism, Buffer = buffer };

        Assert.Throws<ArgumentOutOfRangeException>(() => Pipeline.From<int>().Then(x => x, options));
        Assert.Throws<ArgumentOutOfRangeException>(() => Pipeline.From<int>().ThenMany(x => new[] { x }, options));
    }

    private static async Task<List<T>> ReadAsync<T>(PipelineRun<T> run) => await run.ToListAsync(Cancellation);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }
}
