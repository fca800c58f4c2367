using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;

namespace EdgeAI.Storage.Tests.Durability;

/// <summary>Processes that import, remove, collect and lay out, and die in the midst of it, alone or beside others.</summary>
public sealed class CrashTests : IDisposable
{
    private const int Crashes = 8;

    private static readonly TestModel[] Models =
        [TestModels.Add, TestModels.Mlp, TestModels.External, TestModels.MatMul, TestModels.FineTunedMatMul, TestModels.Get("external-two-files")];

    private readonly TestStore _test = new();
    private readonly TemporaryDirectory _models = new();

    public CrashTests()
    {
        foreach (var model in Models)
        {
            foreach (var (path, content) in model.Files)
            {
                _models.WriteFile(Path.Combine(model.Name, path), content);
            }
        }
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _test.Dispose();
        _models.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task AnyCall_KilledAnywhere_LeavesWhatTheStoreNamesWhole(int processes)
    {
        for (var crash = 0; crash < Crashes; crash++)
        {
            await RunAndKillAsync(processes, crash);
            _test.Reopen();
            foreach (var model in await _test.Store.ListAsync(Cancellation))
            {
                await _test.RequireContentAsync(model.Reference, TestModels.Get(model.Reference.Name));
            }

            await _test.RequireHealthyAsync();
        }

        await RequireNothingLeftAsync();
    }

    private async Task RunAndKillAsync(int processes, int crash)
    {
        var children = Enumerable.Range(0, processes).Select(i => StoreProcesses.StartChurn(_test.Directory, _models.Path, (crash * 10) + i)).ToArray();
        try
        {
            // The kill comes right after a step, and hits the others wherever they are.
            for (var step = 0; step <= crash; step++)
            {
                Assert.Equal("step", await children[0].ReadLineAsync(Cancellation));
            }
        }
        finally
        {
            foreach (var child in children)
            {
                child.Kill();
                await child.WaitAsync(Cancellation);
                child.Dispose();
            }
        }
    }

    private async Task RequireNothingLeftAsync()
    {
        foreach (var model in await _test.Store.ListAsync(Cancellation))
        {
            await _test.Store.RemoveAsync(model.Reference, Cancellation);
        }

        await _test.Store.CollectGarbageAsync(Cancellation);
        Assert.Empty(_test.Objects());
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_test.Directory, "hot")));
    }
}
