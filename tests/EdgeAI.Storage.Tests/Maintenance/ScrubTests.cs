using System.ComponentModel.DataAnnotations;
using EdgeAI.Testing.Catalogue;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Storage.Tests.Maintenance;

public sealed class ScrubTests : IDisposable
{
    private readonly TestStore _test = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task ScrubAsync_Everything_ReadsWhatAVerificationReads()
    {
        await ImportAsync();
        var verified = await _test.Store.VerifyAsync(Cancellation);

        for (var round = 0; round < 2; round++)
        {
            var scrubbed = await _test.Store.ScrubAsync(null, Cancellation);
            Assert.Equal((2, verified.ChunksChecked, verified.BytesChecked), (scrubbed.ManifestsChecked, scrubbed.ChunksChecked, scrubbed.BytesChecked));
            Assert.True(scrubbed.IsHealthy);
        }
    }

    [Fact]
    public async Task ScrubAsync_PartsOneAfterAnother_FindDamageWhereverItIs()
    {
        await ImportAsync();
        var chunks = (await _test.Store.VerifyAsync(Cancellation)).ChunksChecked;
        foreach (var pack in _test.Objects().Where(path => path.EndsWith(".pack", StringComparison.Ordinal)))
        {
            TestStore.Flip(pack, 100);
        }

        var problems = new List<VerificationProblem>();
        long read = 0;
        while (read < chunks)
        {
            _test.Reopen();
            var report = await _test.Store.ScrubAsync(new ScrubOptions { MaxBytes = 1 }, Cancellation);
            Assert.Equal(1, report.ChunksChecked);
            read += report.ChunksChecked;
            problems.AddRange(report.Problems);
        }

        Assert.Equal(["a:1", "b:1"], problems.SelectMany(problem => problem.Models).Distinct().Order());
        Assert.Equal(2, problems.Count);
    }

    [Fact]
    public async Task ScrubAsync_BeginningInTheMiddle_GoesRoundOnce()
    {
        await ImportAsync();
        var all = await _test.Store.ScrubAsync(null, Cancellation);
        await _test.Store.ScrubAsync(new ScrubOptions { Share = 0.4 }, Cancellation);

        var round = await _test.Store.ScrubAsync(null, Cancellation);

        Assert.Equal((all.ChunksChecked, all.BytesChecked), (round.ChunksChecked, round.BytesChecked));
    }

    [Fact]
    public async Task ScrubAsync_Share_ReadsThatMuch()
    {
        await ImportAsync();
        var all = await _test.Store.ScrubAsync(null, Cancellation);
        var reports = new List<ScrubProgress>();

        var half = await _test.Store.ScrubAsync(new ScrubOptions { Share = 0.5, Progress = new Collecting(reports) }, Cancellation);

        Assert.InRange(half.BytesChecked, all.BytesChecked / 2, all.BytesChecked - 1);
        Assert.Equal(half.ChunksChecked, reports.Count);
        Assert.Equal(new ScrubProgress(half.BytesChecked, (all.BytesChecked + 1) / 2), reports[^1]);
    }

    [Fact]
    public async Task ScrubAsync_Rate_TakesTheTimeThatItShould()
    {
        await ImportAsync();
        var time = new FakeTimeProvider();
        var store = ModelStore.Open(_test.Directory, null, time);
        var started = time.GetUtcNow();
        var bytes = (await store.ScrubAsync(null, Cancellation)).BytesChecked;
        Assert.Equal(started, time.GetUtcNow());

        var scrub = store.ScrubAsync(new ScrubOptions { BytesPerSecond = 100_000 }, Cancellation).AsTask();
        while (!scrub.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        Assert.Equal(bytes, (await scrub).BytesChecked);
        Assert.InRange((time.GetUtcNow() - started).TotalSeconds, bytes / 100_000.0, double.MaxValue);
    }

    [Fact]
    public async Task ScrubAsync_ContentMarkedAsGarbage_IsLeftAlone()
    {
        await ImportAsync();
        await using (await _test.Store.OpenAsync("a:1", null, Cancellation))
        {
            await _test.Store.RemoveAsync("b:1", Cancellation);
            Assert.InRange((await _test.Store.CollectGarbageAsync(Cancellation)).BytesPending, 1, long.MaxValue);

            var report = await _test.Store.ScrubAsync(null, Cancellation);

            Assert.Equal(1, report.ManifestsChecked);
            Assert.InRange(report.BytesChecked, 1, TestModels.Mlp.Content.Length);
        }
    }

    [Fact]
    public async Task ScrubAsync_EmptyStore_FindsNothing() => Assert.Equal((0, 0, 0), await CountEmptyAsync());

    [Theory]
    [InlineData(0, null, null)]
    [InlineData(1.5, null, null)]
    [InlineData(double.NaN, null, null)]
    [InlineData(1, 0L, null)]
    [InlineData(1, null, -1L)]
    public async Task ScrubAsync_OptionOutOfRange_IsRefused(double share, long? maxBytes, long? rate) => await Assert.ThrowsAsync<ValidationException>(
        async () => await _test.Store.ScrubAsync(new ScrubOptions { Share = share, MaxBytes = maxBytes, BytesPerSecond = rate }, Cancellation));

    private async Task ImportAsync()
    {
        await _test.ImportAsync("a:1", TestModels.Mlp);
        await _test.ImportAsync("b:1", TestModels.MatMul);
    }

    private async Task<(int, long, int)> CountEmptyAsync()
    {
        var report = await _test.Store.ScrubAsync(null, Cancellation);
        return (report.ManifestsChecked, report.ChunksChecked, report.Problems.Count);
    }

    private sealed class Collecting(List<ScrubProgress> reports) : IProgress<ScrubProgress>
    {
        public void Report(ScrubProgress value) => reports.Add(value);
    }
}
