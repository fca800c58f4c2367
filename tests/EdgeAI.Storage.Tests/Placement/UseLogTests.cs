using EdgeAI.Models;
using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Placement;
using EdgeAI.Testing.Files;

namespace EdgeAI.Storage.Tests.Placement;

public sealed class UseLogTests : IDisposable
{
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly TemporaryDirectory _folder = new();
    private readonly UseLog _log;

    public UseLogTests() => _log = Open();

    private string LogPath => _folder.Combine("uses.log");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_NothingNoted_IsEmpty() => Assert.Equal(([], 0L), (_log.Read().Uses.ToArray(), _log.Read().End));

    [Fact]
    public void Read_ByAnotherInstance_GoesOnWhereTheLastReadEnded()
    {
        _log.Add(Use(1));
        var (first, end) = Open().Read();
        _log.Add(Use(2));

        var (second, last) = Open().Read(end);

        Assert.Equal([Use(1)], first);
        Assert.Equal([Use(2)], second);
        Assert.Equal((1, 2), (end, last));
    }

    [Fact]
    public void Add_MoreThanIsKept_LeavesTheLatestAndCountsAll()
    {
        for (var use = 0; use < 40_001; use++)
        {
            _log.Add(Use(use));
        }

        var (uses, end) = _log.Read();

        Assert.Equal((20_001, 40_001L), (uses.Count, end));
        Assert.Equal((Use(20_000), Use(40_000)), (uses[0], uses[^1]));
        Assert.Equal([Use(40_000)], _log.Read(40_000).Uses);
        Assert.Equal(20_001, _log.Read(3).Uses.Count);
    }

    [Fact]
    public void Add_AfterACrashInTheMiddleOfARecord_IsReadRight()
    {
        _log.Add(Use(1));
        using (var file = new FileStream(LogPath, FileMode.Append))
        {
            file.Write(new byte[17]);
        }

        _log.Add(Use(2));

        Assert.Equal([Use(1), Use(2)], _log.Read().Uses);
    }

    [Theory]
    [InlineData("")]
    [InlineData("something else that is longer than a header")]
    public void Add_FileIsNoLog_BeginsItAnew(string content)
    {
        File.WriteAllText(LogPath, content);
        Assert.Empty(_log.Read().Uses);

        _log.Add(Use(1));

        Assert.Equal([Use(1)], _log.Read().Uses);
    }

    [Fact]
    public void Add_SomebodyHasTheLock_GoesWithout()
    {
        _log.Add(Use(1));
        using (FileLock.TryAcquireExclusive(_folder.Combine("lock")))
        {
            _log.Add(Use(2));
        }

        _log.Add(Use(3));

        Assert.Equal([Use(1), Use(3)], _log.Read().Uses);
    }

    [Fact]
    public void Add_FolderIsGone_FailsSilently()
    {
        Directory.Delete(_folder.Path, recursive: true);

        _log.Add(Use(1));

        Assert.Empty(_log.Read().Uses);
        Directory.CreateDirectory(_folder.Path);
    }

    [Fact]
    public async Task Add_ByManyAtOnce_KeepsRecordsWhole()
    {
        var logs = Enumerable.Range(0, 4).Select(_ => Open()).ToArray();

        await Task.WhenAll(logs.Select((log, number) => Task.Run(() =>
        {
            for (var use = 0; use < 500; use++)
            {
                log.Add(Use((number * 1000) + use));
            }
        })));

        // Who found the lock taken for long went without.
        var uses = _log.Read().Uses;
        var noted = Enumerable.Range(0, 4000).Select(Use).ToHashSet();
        Assert.NotEmpty(uses);
        Assert.All(uses, use => Assert.True(noted.Remove(use)));
    }

    private static UseRecord Use(int number) => new(Digest.Of(BitConverter.GetBytes(number)), At.AddMilliseconds(number), 1000L + number);

    private UseLog Open() => new(LogPath, _folder.Combine("lock"));
}
