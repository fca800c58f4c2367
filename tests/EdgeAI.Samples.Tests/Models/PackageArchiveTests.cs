using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using EdgeAI.Samples.Models;
using EdgeAI.Testing.Files;

namespace EdgeAI.Samples.Tests.Models;

public sealed class PackageArchiveTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task ExtractAsync_WantedFiles_WritesOnlyThese()
    {
        var archive = Pack(
            ("package/assets/a.bin", "first"),
            ("package/assets/other.bin", "no"),
            ("package/b.bin", "no"),
            ("package/assets/b.bin", "second"));

        await ExtractAsync(archive, "a.bin", "b.bin");

        Assert.Equal("first", await File.ReadAllTextAsync(_directory.Combine("out/a.bin"), TestContext.Current.CancellationToken));
        Assert.Equal("second", await File.ReadAllTextAsync(_directory.Combine("out/b.bin"), TestContext.Current.CancellationToken));
        Assert.Equal(2, Directory.GetFiles(_directory.Combine("out")).Length);
    }

    [Fact]
    public async Task ExtractAsync_EntryThatLeadsOutside_WritesNothingThere()
    {
        var archive = Pack(("package/assets/../../escape.bin", "no"), ("package/assets/a.bin", "first"));

        await ExtractAsync(archive, "a.bin");

        Assert.False(File.Exists(_directory.Combine("escape.bin")));
    }

    [Fact]
    public async Task ExtractAsync_LinkUnderAWantedName_IsNotFollowed()
    {
        var path = _directory.Combine("package.tgz");
        using (var writer = new TarWriter(new GZipStream(File.Create(path), CompressionLevel.Fastest)))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "package/assets/a.bin") { LinkName = "/etc/passwd" });
        }

        var exception = await Assert.ThrowsAsync<SampleException>(() => ExtractAsync(path, "a.bin"));

        Assert.Contains("a.bin", exception.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_directory.Combine("out/a.bin")));
    }

    [Fact]
    public async Task ExtractAsync_FileIsMissing_ThrowsThatNamesIt()
    {
        var exception = await Assert.ThrowsAsync<SampleException>(() => ExtractAsync(Pack(("package/assets/a.bin", "first")), "a.bin", "c.bin"));

        Assert.Contains("package/assets/c.bin", exception.Message, StringComparison.Ordinal);
        Assert.Contains("--models", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public async Task ExtractAsync_ArchiveIsCutShort_ThrowsThatSaysSo(double share)
    {
        var noise = new byte[100_000];
        new Random(3).NextBytes(noise);
        var path = Pack(("package/assets/a.bin", Convert.ToBase64String(noise)));
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(path, bytes[..(int)(bytes.Length * share)], TestContext.Current.CancellationToken);

        var exception = await Assert.ThrowsAsync<SampleException>(() => ExtractAsync(path, "a.bin"));

        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExtractAsync_NotAnArchive_ThrowsThatSaysSo()
    {
        var path = _directory.Combine("package.tgz");
        await File.WriteAllTextAsync(path, "not compressed", TestContext.Current.CancellationToken);

        Assert.Contains(path, (await Assert.ThrowsAsync<SampleException>(() => ExtractAsync(path, "a.bin"))).Message, StringComparison.Ordinal);
    }

    private Task ExtractAsync(string archive, params string[] names)
    {
        Directory.CreateDirectory(_directory.Combine("out"));
        return new PackageArchive(archive)
            .ExtractAsync("package/assets", names, _directory.Combine("out"), new Progress<double>(), TestContext.Current.CancellationToken);
    }

    private string Pack(params (string Name, string Content)[] entries)
    {
        var path = _directory.Combine("package.tgz");
        using var writer = new TarWriter(new GZipStream(File.Create(path), CompressionLevel.Fastest));
        foreach (var (name, content) in entries)
        {
            var data = new MemoryStream(Encoding.UTF8.GetBytes(content));
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = data });
        }

        return path;
    }
}
