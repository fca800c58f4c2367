using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Materializing;
using EdgeAI.Testing.Files;

namespace EdgeAI.Storage.Tests.Materializing;

/// <summary>What a folder of hot files takes from an interrupted writer, and from other folders.</summary>
public sealed class HotFolderWriterTests : IDisposable
{
    private const string Name = "weights.bin";
    private const int Runs = 8;

    private static readonly int[] Seeds = [.. Enumerable.Range(1, Runs)];

    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task WriteAsync_AfterAnInterruption_GoesOnWhereItWas()
    {
        var done = await InterruptAsync();

        var again = await WriteAsync("a", MemoryHotSource.Of(Seeds));

        Assert.Equal(Runs - 1, done);
        Assert.Equal(Runs - done, again.Reads);
        await RequireWholeAsync("a", again);
    }

    [Fact]
    public async Task WriteAsync_WhatWasWrittenIsNoLongerThere_WritesItAgain()
    {
        var done = await InterruptAsync();
        await File.WriteAllBytesAsync(PathOf("a"), [], Cancellation);

        var again = await WriteAsync("a", MemoryHotSource.Of(Seeds));

        Assert.True(done > 0);
        Assert.Equal(Runs, again.Reads);
        await RequireWholeAsync("a", again);
    }

    [Fact]
    public async Task WriteAsync_WhatWasWrittenHasChanged_WritesThatAgain()
    {
        var done = await InterruptAsync();
        var content = await File.ReadAllBytesAsync(PathOf("a"), Cancellation);
        content[100] ^= 1;
        await File.WriteAllBytesAsync(PathOf("a"), content, Cancellation);

        var again = await WriteAsync("a", MemoryHotSource.Of(Seeds));

        Assert.Equal(Runs - done + 1, again.Reads);
        await RequireWholeAsync("a", again);
    }

    [Fact]
    public async Task WriteAsync_JournalCutAnywhere_WritesTheRestAgain()
    {
        await InterruptAsync();
        var journal = await File.ReadAllBytesAsync(_folder.Combine("a", HotJournal.FileName), Cancellation);
        var file = await File.ReadAllBytesAsync(PathOf("a"), Cancellation);
        var reads = new List<int>();
        for (var length = 0; length <= journal.Length; length += journal.Length / 7)
        {
            Directory.Delete(_folder.Combine("a"), recursive: true);
            Directory.CreateDirectory(_folder.Combine("a"));
            await File.WriteAllBytesAsync(_folder.Combine("a", HotJournal.FileName), journal[..length], Cancellation);
            await File.WriteAllBytesAsync(PathOf("a"), file, Cancellation);

            var again = await WriteAsync("a", MemoryHotSource.Of(Seeds));

            await RequireWholeAsync("a", again);
            reads.Add(again.Reads);
        }

        Assert.Equal(Runs, reads[0]);
        Assert.Equal(reads.OrderDescending(), reads);
        Assert.True(reads[^1] < Runs);
    }

    [Fact]
    public async Task WriteAsync_OtherContentThanBefore_IsNotTakenForIt()
    {
        await InterruptAsync();

        var other = await WriteAsync("a", new MemoryHotSource(MemoryHotSource.ContentsOf(Seeds).Select(content => content.Reverse().ToArray())));

        Assert.Equal(Runs, other.Reads);
        await RequireWholeAsync("a", other);
    }

    [Fact]
    public async Task WriteAsync_AnotherFolderHasTheFile_IsTheSameFile()
    {
        await WriteAsync("a", MemoryHotSource.Of(Seeds));

        var second = await WriteAsync("b", MemoryHotSource.Of(Seeds), "a");

        Assert.Equal(0, second.Reads);
        await RequireWholeAsync("b", second);
        Assert.True(await IsSharedAsync("a", "b"));
    }

    [Fact]
    public async Task WriteAsync_AnotherFolderHasSomeRunsAtOtherPlaces_TakesThem()
    {
        await WriteAsync("a", MemoryHotSource.Of(Seeds));

        var second = await WriteAsync("b", MemoryHotSource.Of(1, 2, 77, 3, 4), "a");

        Assert.Equal(1, second.Reads);
        await RequireWholeAsync("b", second);
        Assert.False(await IsSharedAsync("a", "b"));
    }

    [Fact]
    public async Task WriteAsync_AnotherFoldersFileIsDamaged_TakesWhatIsWhole()
    {
        await WriteAsync("a", MemoryHotSource.Of(Seeds));
        await HotFileDamage.FlipAsync(PathOf("a"));

        var second = await WriteAsync("b", MemoryHotSource.Of(Seeds), "a");

        Assert.Equal(1, second.Reads);
        await RequireWholeAsync("b", second);
        Assert.NotNull(await HotChecksums.FindProblemAsync(_folder.Combine("a"), Cancellation));
    }

    [Fact]
    public async Task WriteAsync_AnotherFolderIsGone_IsWrittenFromItsSource()
    {
        await WriteAsync("a", MemoryHotSource.Of(Seeds));
        var donors = new HotDonors([_folder.Combine("a"), _folder.Combine("nowhere")]);
        Directory.Delete(_folder.Combine("a"), recursive: true);
        var source = MemoryHotSource.Of(Seeds);

        await WriteAsync("b", source, donors);

        Assert.Equal(Runs, source.Reads);
        await RequireWholeAsync("b", source);
    }

    [Fact]
    public async Task WriteAsync_InterruptedAfterALink_LeavesTheOtherFolderAsItWas()
    {
        await WriteAsync("a", MemoryHotSource.Of(Seeds));
        Directory.CreateDirectory(_folder.Combine("b"));
        Assert.True(SharedFile.TryLink(PathOf("a"), PathOf("b")));

        var other = await WriteAsync("b", MemoryHotSource.Of(77));

        await RequireWholeAsync("b", other);
        await RequireWholeAsync("a", MemoryHotSource.Of(Seeds));
    }

    private string PathOf(string folder) => _folder.Combine(folder, Name);

    // The last run to be begun fails: all others are written by then, or are being written.
    private async Task<int> InterruptAsync()
    {
        await Assert.ThrowsAsync<IOException>(() => WriteAsync("a", new MemoryHotSource(MemoryHotSource.ContentsOf(Seeds)) { FailingPart = Runs - 1 }));
        return (await File.ReadAllLinesAsync(_folder.Combine("a", HotJournal.FileName), Cancellation)).Count(line => line.Length > 0);
    }

    private Task<MemoryHotSource> WriteAsync(string folder, MemoryHotSource source, params string[] others) =>
        WriteAsync(folder, source, new HotDonors(others.Select(other => _folder.Combine(other))));

    private async Task<MemoryHotSource> WriteAsync(string folder, MemoryHotSource source, HotDonors donors)
    {
        Directory.CreateDirectory(_folder.Combine(folder));
        using var journal = new HotJournal(_folder.Combine(folder));
        var writer = new HotFolderWriter(_folder.Combine(folder), source, donors, journal);
        await writer.WriteAsync(Name, source.Length, source.Parts, Cancellation);
        await writer.CompleteAsync(Cancellation);
        return source;
    }

    private async Task RequireWholeAsync(string folder, MemoryHotSource source)
    {
        Assert.Equal(source.Content, await File.ReadAllBytesAsync(PathOf(folder), Cancellation));
        Assert.Null(await HotChecksums.FindProblemAsync(_folder.Combine(folder), Cancellation));
        Assert.True(SharedFile.IsReadOnly(PathOf(folder)));
    }

    private async Task<bool> IsSharedAsync(string left, string right)
    {
        var before = await File.ReadAllBytesAsync(PathOf(right), Cancellation);
        await HotFileDamage.FlipAsync(PathOf(left));
        return !(await File.ReadAllBytesAsync(PathOf(right), Cancellation)).SequenceEqual(before);
    }
}
