using EdgeAI.Models;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;

namespace EdgeAI.Storage.Tests.Importing;

public sealed class CancelledImportTests : IDisposable
{
    private readonly TestStore _test = new();
    private readonly TemporaryDirectory _folder = new();

    public void Dispose()
    {
        _test.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(ImportStage.Waiting, 1)]
    [InlineData(ImportStage.Inspecting, 1)]
    [InlineData(ImportStage.Storing, 1)]
    [InlineData(ImportStage.Storing, 3)]
    [InlineData(ImportStage.Committing, 1)]
    public async Task ImportAsync_CancelledAtAStage_LeavesTheStoreAsItWas(ImportStage stage, int report)
    {
        await _test.ImportAsync("good:1", TestModels.Add);
        var (before, objects) = (await _test.ListAsync(), _test.Objects());
        using var cancel = new CancelAt(stage, report);
        var path = TestModels.Mlp.Save(_folder);

        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await _test.Store.ImportAsync("bad:1", ModelSource.FromFile(path), cancel, cancel.Token));

        Assert.Equal(cancel.Token, exception.CancellationToken);
        Assert.Equal(objects, _test.Objects());
        await _test.RequireUnharmedAsync(before, "bad:1", TestModels.Mlp);
    }

    [Fact]
    public async Task AnyCall_CancelledBefore_CarriesTheToken()
    {
        await _test.ImportAsync("good:1", TestModels.Add);
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();
        Func<Task>[] calls =
        [
            async () => await _test.Store.ImportAsync("bad:1", ModelSource.FromMemory(TestModels.Add.Content), null, cancellation.Token),
            async () => await _test.Store.FindAsync("good:1", cancellation.Token),
            async () => await _test.Store.ListAsync(cancellation.Token),
            async () => await _test.Store.InspectAsync("good:1", cancellation.Token),
            async () => await _test.Store.OpenAsync("good:1", null, cancellation.Token),
            async () => await _test.Store.ExportAsync("good:1", _folder.Combine("out"), cancellation.Token),
            async () => await _test.Store.MaterializeAsync("good:1", cancellation.Token),
            async () => await _test.Store.RemoveAsync("good:1", cancellation.Token),
            async () => await _test.Store.CollectGarbageAsync(cancellation.Token),
            async () => await _test.Store.VerifyAsync(cancellation.Token),
        ];

        foreach (var call in calls)
        {
            Assert.Equal(cancellation.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(call)).CancellationToken);
        }

        await _test.RequireContentAsync("good:1", TestModels.Add);
    }
}
