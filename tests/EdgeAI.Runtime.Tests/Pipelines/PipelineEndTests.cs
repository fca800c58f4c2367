using EdgeAI.Pipelines;

namespace EdgeAI.Runtime.Tests.Pipelines;

public sealed class PipelineEndTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Start_ItemFails_EndsTheRunAndNamesIt(int parallelism)
    {
        var pipeline = Pipeline.From<int>()
            .Then(x => x != 5 ? x : throw new FormatException("five"), new StageOptions { Name = "parse", Parallelism = parallelism })
            .Then(x => x);

        var exception = await Assert.ThrowsAsync<PipelineStageException>(async () => await pipeline.Start(Forever(), Cancellation).ToListAsync(Cancellation));

        Assert.Equal(("parse", 5), (exception.Failure.Stage, (int)exception.Failure.Item!));
        Assert.IsType<FormatException>(exception.InnerException);
        Assert.Contains("'parse' failed: five", exception.Message, StringComparison.Ordinal);
        Assert.Contains("OnItemFailed", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_StageCancelsItself_IsAFailureAndNotTheEndOfTheRun()
    {
        var failures = new List<PipelineFailure>();
        var pipeline = Pipeline.From<int>(new PipelineOptions { OnItemFailed = failures.Add })
            .Then((x, _) => x == 1 ? throw new TaskCanceledException("timed out") : ValueTask.FromResult(x));

        Assert.Equal([0, 2], await pipeline.Start([0, 1, 2], Cancellation).ToListAsync(Cancellation));
        Assert.IsType<TaskCanceledException>(Assert.Single(failures).Exception);
    }

    [Fact]
    public async Task Start_SourceFails_ThrowsWhatTheSourceThrew()
    {
        var pipeline = Pipeline.From<int>().Then(x => x);

        await Assert.ThrowsAsync<FormatException>(async () => await pipeline.Start(Broken(), Cancellation).ToListAsync(Cancellation));

        static IEnumerable<int> Broken()
        {
            yield return 1;
            throw new FormatException("the source");
        }
    }

    [Fact]
    public async Task Start_Cancelled_ThrowsWithTheCallersToken()
    {
        using var cancellation = new CancellationTokenSource();
        await using var run = Pipeline.From<int>().Then(async (x, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return x;
        }).Start([1], cancellation.Token);
        var reading = run.ToListAsync(Cancellation).AsTask();

        await cancellation.CancelAsync();

        Assert.Equal(cancellation.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading)).CancellationToken);
    }

    [Fact]
    public async Task DisposeAsync_WhileItRuns_EndsEveryStageAndTheReader()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (inside, ended) = (0, 0);
        var run = Pipeline.From<int>().Then(
            async (x, token) =>
            {
                if (Interlocked.Increment(ref inside) == 3)
                {
                    begun.SetResult();
                }

                try
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
                }
                finally
                {
                    Interlocked.Increment(ref ended);
                }

                return x;
            },
            new StageOptions { Parallelism = 3 }).Start(Forever(), Cancellation);
        var reading = run.ToListAsync(Cancellation).AsTask();
        await begun.Task;

        await Task.WhenAll(run.DisposeAsync().AsTask(), run.DisposeAsync().AsTask());

        Assert.Equal((3, 3), (inside, ended));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => reading);
        Assert.Throws<InvalidOperationException>(() => run.GetAsyncEnumerator(Cancellation));
    }

    [Fact]
    public async Task Read_LeftEarly_EndsTheRunAndDiscardsTheRest()
    {
        var (made, discarded, read) = (0, 0, 0);
        var pipeline = Pipeline.From<int>(new PipelineOptions { OnDiscarded = _ => Interlocked.Increment(ref discarded) })
            .ThenMany(_ => Enumerable.Range(0, 3).Select(_ => new Piece(Interlocked.Increment(ref made))));

        await foreach (var _ in pipeline.Start(Enumerable.Range(0, 1000), Cancellation))
        {
            read++;
            break;
        }

        // Of a thousand items those that were not begun were discarded as they were.
        Assert.InRange(made, 1, 20);
        Assert.InRange(discarded, made - read, made - read + 2);
    }

    // Channels of .NET 10.0 may write what they then say was cancelled.
    [Fact]
    public async Task Start_CancelledWhileTwoWaitToHandOn_DiscardsNothingTwice()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var (made, ended) = (0, 0);
            var pipeline = Pipeline.From<int>(new PipelineOptions { OnDiscarded = value => Interlocked.Add(ref ended, value is Piece ? 1 : 0) })
                .Then(_ => new Piece(Interlocked.Increment(ref made)), new StageOptions { KeepOrder = false, Parallelism = 2, Buffer = 1 });
            using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            await using var run = pipeline.Start(Forever(), cancellation.Token);
            var reading = Task.Run(
                async () =>
                {
                    await foreach (var _ in run)
                    {
                        Interlocked.Increment(ref ended);
                    }
                },
                Cancellation);

            Thread.SpinWait(new Random(seed).Next(200_000));
            await cancellation.CancelAsync();

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
            Assert.Equal(made, ended);
        }
    }

    [Fact]
    public async Task Start_StormOfCancellations_EndsEveryTaskAndLosesNothing()
    {
        var (alive, ends) = (0, 0);
        await Parallel.ForAsync(0, 1000, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancellation }, async (seed, _) =>
        {
            var random = new Random(seed);
            var (ordered, parallelism, end, patience) = (random.Next(2) == 0, random.Next(1, 4), random.Next(4), random.Next(1, 60));
            var options = new StageOptions { KeepOrder = ordered, Parallelism = parallelism, Buffer = random.Next(1, 4) };
            var pipeline = Pipeline.From<int>(new PipelineOptions { OnDiscarded = Release })
                .Then(_ => Take(), options)
                .ThenMany(Split, options)
                .Then(PassAsync, options)
                .Gather(random.Next(1, 4));
            using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            var ending = Task.CompletedTask;
            var run = pipeline.Start(Enumerable.Range(0, end == 0 ? 5 : int.MaxValue), cancellation.Token);
            try
            {
                await foreach (var pieces in run)
                {
                    Release(pieces);
                    if (--patience <= 0 && end == 1)
                    {
                        break;
                    }

                    if (patience == 0)
                    {
                        ending = Task.Run(async () => await (end == 2 ? new ValueTask(cancellation.CancelAsync()) : run.DisposeAsync()), Cancellation);
                    }
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
            }

            await ending;
            await run.DisposeAsync();
            Interlocked.Increment(ref ends);
        });

        Assert.Equal((1000, 0), (ends, alive));

        Piece Take() => new(Interlocked.Increment(ref alive));

        // What a stage was given is the stage's: it gives back one and makes two.
        IEnumerable<Piece> Split(Piece piece)
        {
            Release(piece);
            return Enumerable.Range(0, 2).Select(_ => Take());
        }

        async ValueTask<Piece> PassAsync(Piece piece, CancellationToken token)
        {
            await Task.Yield();
            if (token.IsCancellationRequested)
            {
                Release(piece);
                token.ThrowIfCancellationRequested();
            }

            return piece;
        }

        void Release(object value)
        {
            var count = value switch { Piece => 1, IReadOnlyList<Piece> pieces => pieces.Count, _ => 0 };
            Interlocked.Add(ref alive, -count);
        }
    }

    private static IEnumerable<int> Forever() => Enumerable.Range(0, int.MaxValue);

    private sealed record Piece(int Number);
}
