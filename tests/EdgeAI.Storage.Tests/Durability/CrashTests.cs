using EdgeAI.Testing;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;

namespace EdgeAI.Storage.Tests.Durability;

/// <summary>Processes that import, take archives and updates, sign, remove, collect, lay out and rebuild, and die in the midst of it, alone or beside others.</summary>
public sealed class CrashTests : IDisposable
{
    private const int MaxSteps = 8;

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

    // A hundred processes are killed, and a thousand at night.
    [Theory]
    [InlineData(1, 10)]
    [InlineData(6, 15)]
    public async Task AnyCall_KilledAnywhere_LeavesWhatTheStoreNamesWhole(int processes, int crashes)
    {
        await WriteArchivesAsync();
        crashes = NightlyRun.Count(crashes, 10 * crashes);
        for (var crash = 0; crash < crashes; crash++)
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
        TestContext.Current.TestOutputHelper!.WriteLine($"{processes * crashes} processes killed");
    }

    // Each model whole, and the tuned one as an update of what it was made from.
    private async Task WriteArchivesAsync()
    {
        using var other = new TestStore();
        foreach (var model in Models)
        {
            var imported = await other.ImportAsync(model.Name + ":1", model);
            await using var archive = File.Create(_models.Combine(model.Name, "whole.edgeai"));
            await other.Store.ExportArchiveAsync(imported.Model.Reference, archive, null, Cancellation);
        }

        var baseline = (await other.Store.FindAsync(TestModels.MatMul.Name + ":1", Cancellation))!.Digest;
        await using var update = File.Create(_models.Combine(TestModels.FineTunedMatMul.Name, "update.edgeai"));
        await other.Store.ExportArchiveAsync(TestModels.FineTunedMatMul.Name + ":1", update, [baseline], Cancellation);
    }

    private async Task RunAndKillAsync(int processes, int crash)
    {
        var children = Enumerable.Range(0, processes).Select(i => StoreProcesses.StartChurn(_test.Directory, _models.Path, (NightlyRun.Seed * 100_000) + (crash * 10) + i)).ToArray();
        try
        {
            // The kill comes right after a step, and hits the others wherever they are.
            for (var step = 0; step <= crash % MaxSteps && await children[0].ReadLineAsync(Cancellation) is not null; step++)
            {
            }

            foreach (var child in children)
            {
                child.Kill();

                // One that ended by itself says why.
                var error = (await child.WaitAsync(Cancellation)).Error;
                Assert.True(error.Length == 0, error);
            }
        }
        finally
        {
            foreach (var child in children)
            {
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
