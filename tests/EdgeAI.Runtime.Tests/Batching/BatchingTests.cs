using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Runtime.Tests.Baseline;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Runtime.Tests.Batching;

public sealed class BatchingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_WhileARunGoesOn_GathersWhatComes()
    {
        await using var test = new BatchedRuntime();
        await using var lease = await test.LoadAsync(TestModels.Mlp, new BatchingOptions());
        var first = await test.OccupyAsync(lease, TestModels.MlpInputs(100, 1));
        var others = Enumerable.Range(0, 5).Select(i => lease.RunAsync(TestModels.MlpInputs(i, 1), Cancellation).AsTask()).ToArray();

        test.Provider.LetRunsEnd();

        (await first).Dispose();
        for (var i = 0; i < others.Length; i++)
        {
            using var expected = PlainRuntime.Run(TestModels.Mlp, TestModels.MlpInputs(i, 1));
            using var actual = await others[i];
            ModelValueAssert.Close(expected, actual, 1e-6);
        }

        Assert.Equal([1, 5], test.Provider.Rows);
    }

    [Fact]
    public async Task RunAsync_InABatch_SaysWhatEachHadOfIt()
    {
        await using var test = new BatchedRuntime();
        await using var lease = await test.LoadAsync(TestModels.Mlp, new BatchingOptions());
        await using var plain = await test.LoadAgainAsync(TestModels.Mlp, null);
        var first = await test.OccupyAsync(lease, TestModels.MlpInputs(100, 7));
        var others = Enumerable.Range(1, 3).Select(rows => lease.RunAsync(TestModels.MlpInputs(rows, rows), Cancellation).AsTask()).ToArray();

        test.Provider.LetRunsEnd();

        using var alone = await first;
        using var past = await lease.RunAsync(TestModels.MlpInputs(4, 4), new ModelRunOptions { Priority = RunPriority.High }, Cancellation);
        using var unbatched = await plain.RunAsync(TestModels.MlpInputs(4, 4), Cancellation);
        var shares = (await Task.WhenAll(others)).Select(outputs => outputs.Batch!).ToArray();
        Assert.Equal((7, 7, true, TimeSpan.Zero), (alone.Batch!.Rows, alone.Batch.BatchRows, alone.Batch.IsFirst, alone.Batch.GatherTime));
        Assert.Equal([(1, 6, true), (2, 6, false), (3, 6, false)], shares.Select(share => (share.Rows, share.BatchRows, share.IsFirst)));
        Assert.All(shares, share => Assert.True(share.RunTime > TimeSpan.Zero && share.RunTime == shares[0].RunTime && share.GatherTime > TimeSpan.Zero, share.ToString()));
        Assert.Equal((4, 4, true), (past.Batch!.Rows, past.Batch.BatchRows, past.Batch.IsFirst));
        Assert.Null(unbatched.Batch);
    }

    [Theory]
    [InlineData("picture-batch", 0)]
    [InlineData("table-rows", 0)]
    [InlineData("mlp", 1e-6)]
    [InlineData("float16", 0)]
    [InlineData("int4-weight", 1e-5)]
    public async Task RunAsync_InABatch_GivesTheNumbersOfARunByItself(string name, double tolerance)
    {
        var model = TestModels.Get(name);
        await using var test = new BatchedRuntime();
        await using var lease = await test.LoadAsync(model, new BatchingOptions { MaxBatchSize = 64 });
        using var expected = await lease.RunAsync(model.CreateInputs(), Cancellation);
        await test.Provider.NextRunStarted();
        var first = await test.OccupyAsync(lease, model.CreateInputs());
        var others = Enumerable.Range(0, 7).Select(_ => lease.RunAsync(model.CreateInputs(), Cancellation).AsTask()).ToArray();

        test.Provider.LetRunsEnd();

        (await first).Dispose();
        foreach (var running in others)
        {
            using var actual = await running;
            ModelValueAssert.Close(expected, actual, tolerance);
        }

        Assert.Equal(3, test.Provider.Rows.Count);
    }

    [Fact]
    public async Task RunAsync_RequestsOfSeveralRows_FillBatchesInTheirOrder()
    {
        await using var test = new BatchedRuntime();
        await using var lease = await test.LoadAsync(TestModels.Mlp, new BatchingOptions { MaxBatchSize = 8 });
        var first = await test.OccupyAsync(lease, TestModels.MlpInputs(100, 1));
        int[] rows = [3, 3, 3, 1, 9, 8];
        var others = rows.Take(4).Append(rows[5]).Select(count => lease.RunAsync(TestModels.MlpInputs(count, count), Cancellation).AsTask()).ToArray();

        test.Provider.LetRunsEnd();
        using var tooLarge = await lease.RunAsync(TestModels.MlpInputs(9, 9), Cancellation);

        Assert.Equal(9, tooLarge.GetTensor("y").Shape[0]);
        var outputs = await Task.WhenAll(others.Append(first));
        Assert.Equal([3, 3, 3, 1, 8, 1], outputs.Select(output => output.GetTensor("y").Shape[0]));
        Assert.Equal([1, 6, 4, 8], test.Provider.Rows.Where(count => count != 9));
        Array.ForEach(outputs, output => output.Dispose());
    }

    [Fact]
    public async Task RunAsync_OtherShapes_DoNotShareARun()
    {
        await using var test = new BatchedRuntime();
        await using var lease = await test.LoadAsync(TestModels.PictureBatch, new BatchingOptions());
        var first = await test.OccupyAsync(lease, TestModels.PictureInputs(100, 1, 16));
        int[] sides = [24, 32, 24, 32, 24];
        var others = sides.Select((side, i) => lease.RunAsync(TestModels.PictureInputs(i, 1, side), Cancellation).AsTask()).ToArray();

        test.Provider.LetRunsEnd();

        (await first).Dispose();
        for (var i = 0; i < sides.Length; i++)
        {
            using var expected = PlainRuntime.Run(TestModels.PictureBatch, TestModels.PictureInputs(i, 1, sides[i]));
            using var actual = await others[i];
            ModelValueAssert.Close(expected, actual, 1e-5);
        }

        Assert.Equal([1, 3, 2], test.Provider.Rows);
    }

    [Fact]
    public async Task RunAsync_NothingElse_StartsAtOnceWithoutACopy()
    {
        await using var test = new BatchedRuntime();
        await using var lease = await test.LoadAsync(TestModels.Mlp, new BatchingOptions());

        for (var i = 0; i < 3; i++)
        {
            using var expected = PlainRuntime.Run(TestModels.Mlp, TestModels.MlpInputs(i, 4));
            using var actual = i == 0 ? lease.Run(TestModels.MlpInputs(i, 4), Cancellation) : await lease.RunAsync(TestModels.MlpInputs(i, 4), Cancellation);
            ModelValueAssert.Same(expected, actual);
        }

        Assert.Equal([4, 4, 4], test.Provider.Rows);
    }

    [Fact]
    public async Task Run_BlockedThreads_ShareARun()
    {
        await using var test = new BatchedRuntime();
        await using var lease = await test.LoadAsync(TestModels.TableRows, new BatchingOptions());
        await using var second = await test.LoadAgainAsync(TestModels.TableRows, new BatchingOptions());
        var first = await test.OccupyAsync(lease, TestModels.TableInputs(0));
        var waiting = second.RunAsync(TestModels.TableInputs(2), Cancellation).AsTask();
        var blocked = Task.Factory.StartNew(() => lease.Run(TestModels.TableInputs(3), Cancellation), Cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        test.Provider.LetRunsEnd();

        (await first).Dispose();
        using var left = await waiting;
        using var right = await blocked;
        Assert.Equal([2f, 20f], left.GetTensor("y").ToArray<float>());
        Assert.Equal([3f, 30f], right.GetTensor("y").ToArray<float>());
    }

    [Fact]
    public async Task RunAsync_OneOfABatchIsBad_OnlyItsCallerHears()
    {
        await using var test = new BatchedRuntime();
        await using var lease = await test.LoadAsync(TestModels.TableRows, new BatchingOptions());
        var first = await test.OccupyAsync(lease, TestModels.TableInputs(0));
        var good = lease.RunAsync(TestModels.TableInputs(1, 2), Cancellation).AsTask();
        var bad = lease.RunAsync(TestModels.TableInputs(99), Cancellation).AsTask();

        test.Provider.LetRunsEnd();

        (await first).Dispose();
        Assert.Contains("table-rows", (await Assert.ThrowsAsync<InferenceException>(() => bad)).Message, StringComparison.Ordinal);
        using var outputs = await good;
        Assert.Equal([1f, 10f, 2f, 20f], outputs.GetTensor("y").ToArray<float>());
        Assert.Equal([1, 3, 2, 1], test.Provider.Rows);
    }

    [Fact]
    public async Task RunAsync_OutputsWithoutTheRows_RunsOneByOneFromThenOn()
    {
        await using var test = new BatchedRuntime();
        await using var lease = await test.LoadAsync(TestModels.ColumnSums, new BatchingOptions());
        var first = await test.OccupyAsync(lease, TestModels.ColumnSums.CreateInputs());
        var others = Enumerable.Range(0, 2).Select(_ => lease.RunAsync(TestModels.ColumnSums.CreateInputs(), Cancellation).AsTask()).ToArray();

        test.Provider.LetRunsEnd();

        foreach (var running in others.Append(first))
        {
            using var outputs = await running;
            Assert.Equal([4f, 6f], outputs.GetTensor("y").ToArray<float>());
        }

        lease.Run(TestModels.ColumnSums.CreateInputs(), Cancellation).Dispose();
        Assert.Equal([2, 4, 2, 2, 2], test.Provider.Rows);
    }

    [Fact]
    public async Task RunAsync_StateOfSeveralSequences_StaysWithEach()
    {
        await using var test = new BatchedRuntime();
        await using var lease = await test.LoadAsync(TestModels.RunningSums, new BatchingOptions { IsStateless = true });

        var sums = await Task.WhenAll(Enumerable.Range(1, 16).Select(async step =>
        {
            var x = TensorValue.Create(new float[] { step, -step }, 1, 2);
            var outputs = await lease.RunAsync(new ModelInputs { ["x"] = x, ["state"] = x }, Cancellation);
            for (var i = 0; i < 20; i++)
            {
                // The state goes in where the last batch left it.
                var next = await lease.RunAsync(new ModelInputs { ["x"] = x, ["state"] = outputs["next_state"] }, Cancellation);
                outputs.Dispose();
                outputs = next;
            }

            using (outputs)
            {
                return outputs.GetTensor("next_state").ToArray<float>();
            }
        }));

        Assert.Equal(Enumerable.Range(1, 16).Select(step => new float[] { 22 * step, -22 * step }), sums);
    }

    [Fact]
    public async Task Outputs_OfOneBatch_AreDisposedEachByItself()
    {
        await using var test = new BatchedRuntime();
        await using var lease = await test.LoadAsync(TestModels.TableRows, new BatchingOptions());
        var first = await test.OccupyAsync(lease, TestModels.TableInputs(0));
        var one = lease.RunAsync(TestModels.TableInputs(1), Cancellation).AsTask();
        var two = lease.RunAsync(TestModels.TableInputs(2), Cancellation).AsTask();
        test.Provider.LetRunsEnd();
        (await first).Dispose();
        var gone = await one;
        var tensor = gone.GetTensor("y");

        gone.Dispose();
        gone.Dispose();

        Assert.Throws<ObjectDisposedException>(() => tensor.AsSpan<float>().Length);
        using var stays = await two;
        Assert.Equal([2f, 20f], stays.GetTensor("y").ToArray<float>());
    }

    [Fact]
    public async Task RunAsync_WrongInput_IsRefusedBeforeItWaits()
    {
        await using var test = new BatchedRuntime();
        await using var lease = await test.LoadAsync(TestModels.Mlp, new BatchingOptions { MaxDelay = TimeSpan.FromSeconds(1) });

        await Assert.ThrowsAsync<InvalidModelInputException>(async () => await lease.RunAsync(new ModelInputs(), Cancellation));
        Assert.Throws<InvalidModelInputException>(() => lease.Run(TestModels.TableInputs(1), Cancellation));
        Assert.Empty(test.Provider.Rows);
    }
}
