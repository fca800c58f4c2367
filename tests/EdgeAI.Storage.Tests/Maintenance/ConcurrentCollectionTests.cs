using EdgeAI.Models;
using EdgeAI.Testing;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Processes;

namespace EdgeAI.Storage.Tests.Maintenance;

/// <summary>Collections beside imports, reads and other collections.</summary>
public sealed class ConcurrentCollectionTests : IDisposable
{
    private static readonly TestModel[] Models = [TestModels.Mlp, TestModels.External, TestModels.MatMul, TestModels.FineTunedMatMul];

    private readonly TestStore _test = new();
    private readonly TemporaryDirectory _models = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _test.Dispose();
        _models.Dispose();
    }

    [Fact]
    public async Task ImportAsync_CountsOnContentThatIsRemovedMeanwhile_KeepsIt()
    {
        await _test.ImportAsync("old:1", TestModels.MatMul);
        using var import = await StartImportAsync("new:1", TestModels.MatMul);
        await _test.Store.RemoveAsync("old:1", Cancellation);

        var beside = await _test.Store.CollectGarbageAsync(Cancellation);
        await _test.Store.CollectGarbageAsync(Cancellation);
        import.WriteLine("go");
        (await import.WaitAsync(Cancellation)).EnsureSuccess();

        Assert.InRange(beside.BytesPending, 1, long.MaxValue);
        await RequireKeptAsync("new:1", TestModels.MatMul);
    }

    [Fact]
    public async Task ImportAsync_CountsOnContentThatWasGarbageBefore_RevivesIt()
    {
        await _test.ImportAsync("read:1", TestModels.Mlp);
        await _test.ImportAsync("old:1", TestModels.MatMul);
        var reading = await _test.Store.OpenAsync("read:1", null, Cancellation);
        await _test.Store.RemoveAsync("old:1", Cancellation);
        var marking = await _test.Store.CollectGarbageAsync(Cancellation);
        using var import = await StartImportAsync("new:1", TestModels.MatMul);

        // With its last reader gone, what was marked may go, and the import is not done.
        await reading.DisposeAsync();
        await _test.Store.CollectGarbageAsync(Cancellation);
        import.WriteLine("go");
        (await import.WaitAsync(Cancellation)).EnsureSuccess();

        Assert.InRange(marking.BytesPending, 1, long.MaxValue);
        await RequireKeptAsync("new:1", TestModels.MatMul);
        Assert.Equal(6, _test.Objects().Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ImportAsync_KeptAsADifferenceFromWhatIsRemovedMeanwhile_KeepsTheBase(bool isGarbageBefore)
    {
        await _test.ImportAsync("read:1", TestModels.Mlp);
        await _test.ImportAsync("m:1", TestModels.MatMul);
        await using (await _test.Store.OpenAsync("read:1", null, Cancellation))
        {
            if (isGarbageBefore)
            {
                await _test.Store.RemoveAsync("m:1", Cancellation);
                await _test.Store.CollectGarbageAsync(Cancellation);
            }
        }

        using var import = await StartImportAsync("m:2", TestModels.FineTunedMatMul);
        await _test.Store.RemoveAsync("m:1", Cancellation);
        await _test.Store.CollectGarbageAsync(Cancellation);
        await _test.Store.CollectGarbageAsync(Cancellation);
        import.WriteLine("go");
        (await import.WaitAsync(Cancellation)).EnsureSuccess();

        await RequireKeptAsync("m:2", TestModels.FineTunedMatMul);
    }

    [Fact]
    public async Task ImportArchiveAsync_BuildsOnContentThatIsMarked_RevivesIt()
    {
        await _test.ImportAsync("read:1", TestModels.Mlp);
        var old = (await _test.ImportAsync("m:1", TestModels.MatMul)).Model.Digest;
        await _test.ImportAsync("m:2", TestModels.FineTunedMatMul);
        using var update = new MemoryStream();
        await _test.Store.ExportArchiveAsync("m:2", update, [old], Cancellation);
        update.Position = 0;
        await using (await _test.Store.OpenAsync("read:1", null, Cancellation))
        {
            await _test.Store.RemoveAsync("m:1", Cancellation);
            await _test.Store.RemoveAsync("m:2", Cancellation);
            Assert.InRange((await _test.Store.CollectGarbageAsync(Cancellation)).BytesPending, 1, long.MaxValue);
            await _test.Store.ImportArchiveAsync(update, "m:3", Cancellation);
        }

        await RequireKeptAsync("m:3", TestModels.FineTunedMatMul);
    }

    [Fact]
    public async Task OpenAsync_ModelRemovedWhileItIsRead_IsReadToItsEndAndThenGoes()
    {
        await _test.ImportAsync("m:1", TestModels.MatMul);
        await using (var stream = await _test.Store.OpenAsync("m:1", null, Cancellation))
        {
            await _test.Store.RemoveAsync("m:1", Cancellation);
            await _test.Store.CollectGarbageAsync(Cancellation);
            await _test.Store.CollectGarbageAsync(Cancellation);
            Assert.Equal(TestModels.MatMul.Content, await TestStore.ReadAsync(stream));
        }

        await _test.Store.CollectGarbageAsync(Cancellation);
        Assert.Empty(_test.Objects());
    }

    [Fact]
    public async Task OpenAsync_PackWrittenAnewWhileItIsRead_IsReadToItsEnd()
    {
        await _test.ImportAsync("drop:1", TestModels.Get("external-two-files"));
        await _test.ImportAsync("keep:1", TestModels.External);
        await using var stream = await _test.Store.OpenAsync("keep:1", "model.data", Cancellation);
        await _test.Store.RemoveAsync("drop:1", Cancellation);

        await _test.Store.CollectGarbageAsync(Cancellation);

        Assert.Equal(TestModels.External.ExternalFiles["model.data"], await TestStore.ReadAsync(stream));
    }

    [Fact]
    public async Task AnyCall_BesideOthersOfSeveralProcesses_GivesTheRightBytes()
    {
        const int Processes = 3;
        const int Steps = 40;
        SaveModels();
        var children = Enumerable.Range(0, Processes).Select(seed => StoreProcesses.StartChurn(_test.Directory, _models.Path, seed, Steps)).ToArray();
        try
        {
            var ends = Task.WhenAll(children.Select(child => child.WaitAsync(Cancellation)));
            while (!ends.IsCompleted)
            {
                await _test.Store.CollectGarbageAsync(Cancellation);
                await ReadAllAsync();
            }

            foreach (var end in await ends)
            {
                end.EnsureSuccess();
            }
        }
        finally
        {
            Array.ForEach(children, child => child.Dispose());
        }

        await ReadAllAsync();
        await _test.RequireHealthyAsync();
        await RequireAllGoesAsync();
    }

    // Whatever a collection is about when an import dies between an object and the row that tells of it.
    [Theory]
    [InlineData("packs")]
    [InlineData("manifests")]
    [InlineData("names")]
    public async Task CollectGarbageAsync_ImportsDieBeside_LeavesNoNameWithoutContent(string folder)
    {
        await _test.ImportAsync("read:1", TestModels.Mlp);
        var path = TestModels.MatMul.Save(_models);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        // Somebody always works in the store: no opening heals it.
        await using var reading = await _test.Store.OpenAsync("read:1", null, Cancellation);
        var collecting = CollectAsync(stop.Token);
        for (var i = 0; i < NightlyRun.Count(4, 200); i++)
        {
            using var child = StoreProcesses.StartDying(_test.Directory, "new:1", path, folder);
            var end = await child.WaitAsync(Cancellation);
            Assert.True(end.ExitCode != 1 && end.Error.Length == 0, end.Error);

            await _test.Store.CollectGarbageAsync(Cancellation);
            Assert.Equal(folder == "names", await _test.Store.FindAsync("new:1", Cancellation) is not null);
            if (folder == "names")
            {
                await _test.RequireContentAsync("new:1", TestModels.MatMul);
            }

            Assert.Empty((await _test.Store.VerifyAsync(Cancellation)).Problems);
            await _test.Store.RemoveAsync("new:1", Cancellation);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => collecting);
    }

    private async Task<ChildProcess> StartImportAsync(string reference, TestModel model) =>
        await StoreProcesses.StartUpToAsync(_test.Directory, reference, model.Save(_models), ImportStage.Committing, 1);

    private async Task RequireKeptAsync(string reference, TestModel model)
    {
        await _test.RequireContentAsync(reference, model);
        await _test.Store.CollectGarbageAsync(Cancellation);
        await _test.Store.CollectGarbageAsync(Cancellation);
        _test.Reopen();
        await _test.RequireContentAsync(reference, model);
        await _test.RequireHealthyAsync();
    }

    private async Task CollectAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _test.Store.CollectGarbageAsync(cancellationToken);

            // Whoever waits for the lock looks now and then only, and would find it taken again each time.
            await Task.Delay(TimeSpan.FromMilliseconds(5), cancellationToken);
        }
    }

    private void SaveModels()
    {
        foreach (var model in Models)
        {
            foreach (var (path, content) in model.Files)
            {
                _models.WriteFile(Path.Combine(model.Name, path), content);
            }
        }
    }

    private async Task ReadAllAsync()
    {
        foreach (var info in await _test.Store.ListAsync(Cancellation))
        {
            try
            {
                await _test.RequireContentAsync(info.Reference, TestModels.Get(info.Reference.Name));
            }
            catch (ModelNotFoundException)
            {
                // It was removed since it was listed.
            }
        }
    }

    private async Task RequireAllGoesAsync()
    {
        foreach (var info in await _test.Store.ListAsync(Cancellation))
        {
            await _test.Store.RemoveAsync(info.Reference, Cancellation);
        }

        await _test.Store.CollectGarbageAsync(Cancellation);
        Assert.Empty(_test.Objects());
    }
}
