using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Processes;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Storage.Tests.Importing;

/// <summary>Several processes on one store, and processes that die.</summary>
public sealed class ProcessImportTests : IDisposable
{
    // What an import may take for a model of any size, and what .NET and SQLite take before it begins.
    private const long MemoryBound = 256L << 20;
    private const long RuntimeItself = 80L << 20;

    private readonly TestStore _test = new();
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _test.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    public async Task ImportAsync_OfOneModelBySeveralProcessesAtOnce_StoresItOnce(int count)
    {
        var path = TestModels.MatMul.Save(_folder);
        var results = await ImportAtOnceAsync(Enumerable.Repeat(("m:1", path), count));

        Assert.All(results, result => Assert.StartsWith("done sha256:", result.Output, StringComparison.Ordinal));
        Assert.Equal(count - 1, results.Count(result => result.Output.Contains(" True 0", StringComparison.Ordinal)));
        Assert.Single(await _test.Store.ListAsync(Cancellation));
        await _test.RequireContentAsync("m:1", TestModels.MatMul);
        await _test.RequireHealthyAsync();
        Assert.Equal(3, _test.Objects().Length);
    }

    [Fact]
    public async Task ImportAsync_OfOneModelUnderSeveralNames_GivesEachName()
    {
        var path = TestModels.MatMul.Save(_folder);
        var results = await ImportAtOnceAsync(Enumerable.Range(0, 4).Select(i => ($"m:{i}", path)));

        Assert.All(results, result => Assert.Equal(0, result.ExitCode));
        Assert.Equal(4, (await _test.Store.ListAsync(Cancellation)).Count);
        await _test.RequireContentAsync("m:3", TestModels.MatMul);
        await _test.RequireHealthyAsync();
    }

    [Fact]
    public async Task ImportAsync_OfDifferentModelsBySeveralProcesses_StoresEach()
    {
        TestModel[] models = [TestModels.Mlp, TestModels.Convolutions, TestModels.External, TestModels.MatMul];
        var sources = models.Select(model => (model.Name, Path: Save(model)));
        var results = await ImportAtOnceAsync(sources.Select(source => (source.Name, source.Path)));

        Assert.All(results, result => Assert.Equal(0, result.ExitCode));
        await Task.WhenAll(models.Select(model => _test.RequireContentAsync(model.Name, model)));
        await _test.RequireHealthyAsync();
    }

    [Theory]
    [InlineData(ImportStage.Waiting, 1)]
    [InlineData(ImportStage.Inspecting, 1)]
    [InlineData(ImportStage.Storing, 1)]
    [InlineData(ImportStage.Storing, 2)]
    [InlineData(ImportStage.Committing, 1)]
    public async Task ImportAsync_KilledAtAStage_LeavesTheStoreAsItWas(ImportStage stage, int report)
    {
        await _test.ImportAsync("good:1", TestModels.Add);
        var before = await _test.ListAsync();
        using (var child = await StoreProcesses.StartUpToAsync(_test.Directory, "bad:1", TestModels.Mlp.Save(_folder), stage, report))
        {
            child.Kill();
            await child.WaitAsync(Cancellation);
        }

        _test.Reopen();
        await _test.RequireUnharmedAsync(before, "bad:1", TestModels.Mlp);
    }

    [Fact]
    public async Task ImportAsync_KilledWhileItCommits_LeavesAllOfTheModelOrNothing()
    {
        var path = TestModels.Mlp.Save(_folder);
        await _test.ImportAsync("good:1", TestModels.Add);
        for (var i = 0; i < 6; i++)
        {
            // Let go at its last report, so that the kill hits it among packs, manifest and index, somewhere else each time.
            using (var child = await StoreProcesses.StartUpToAsync(_test.Directory, "bad:1", path, ImportStage.Committing, 1))
            {
                child.WriteLine("go");
                SpinFor(i);
                child.Kill();
                await child.WaitAsync(Cancellation);
            }

            _test.Reopen();
            await RequireAllOrNothingAsync();
        }
    }

    [Fact]
    public async Task ImportAsync_WhileAnotherProcessStandsStill_WaitsAndGoesOnWhenItDies()
    {
        var path = TestModels.Mlp.Save(_folder);
        using var first = await StoreProcesses.StartUpToAsync(_test.Directory, "m:1", path, ImportStage.Storing, 1);
        using var second = await StoreProcesses.StartAsync(_test.Directory, "m:1", path);
        second.WriteLine("go");
        var ended = second.WaitAsync(Cancellation);

        Assert.Empty(await _test.Store.ListAsync(Cancellation));
        Assert.False(ended.IsCompleted);
        first.Kill();

        Assert.StartsWith("done sha256:", (await ended).EnsureSuccess().Output, StringComparison.Ordinal);
        await _test.RequireContentAsync("m:1", TestModels.Mlp);
        _test.Reopen();
        await _test.RequireHealthyAsync();
    }

    [Fact]
    public async Task CollectGarbageAsync_WhileAnotherProcessImports_LeavesToALaterOneWhatItMayCountOn()
    {
        await _test.ImportAsync("old:1", TestModels.MatMul);
        await _test.Store.RemoveAsync("old:1", Cancellation);
        using var child = await StoreProcesses.StartUpToAsync(_test.Directory, "m:1", TestModels.Mlp.Save(_folder), ImportStage.Storing, 1);
        var beside = await _test.Store.CollectGarbageAsync(Cancellation);
        child.WriteLine("go");
        (await child.WaitAsync(Cancellation)).EnsureSuccess();
        var after = await _test.Store.CollectGarbageAsync(Cancellation);

        Assert.Equal((1, 0, 0), (beside.ManifestsRemoved, beside.PacksRemoved, beside.BytesFreed));
        Assert.InRange(beside.BytesPending, 512 * 512 * sizeof(float) / 2, long.MaxValue);
        Assert.Equal((1, 0), (after.PacksRemoved, after.BytesPending));
        Assert.InRange(after.BytesFreed, beside.BytesPending, long.MaxValue);
        await _test.RequireContentAsync("m:1", TestModels.Mlp);
        await _test.RequireHealthyAsync();
    }

    [Fact]
    public async Task CollectGarbageAsync_AmongManyImports_TakesNothingThatIsWanted()
    {
        TestModel[] models = [TestModels.Mlp, TestModels.Convolutions, TestModels.External, TestModels.MatMul, TestModels.FineTunedMatMul];
        var imports = ImportAtOnceAsync([.. models.Select(model => (model.Name, Save(model)))]);
        while (!imports.IsCompleted)
        {
            await _test.Store.CollectGarbageAsync(Cancellation);
        }

        Assert.All(await imports, result => Assert.Equal(0, result.ExitCode));
        foreach (var model in models)
        {
            await _test.RequireContentAsync(model.Name, model);
        }

        await _test.RequireHealthyAsync();
    }

    [Fact]
    public async Task ImportAsync_LockHeldBeyondTheTimeout_SaysWhoseFaultItIs()
    {
        var path = TestModels.Mlp.Save(_folder);
        using var child = await StoreProcesses.StartUpToAsync(_test.Directory, "m:1", path, ImportStage.Storing, 1);
        var time = new FakeTimeProvider();
        var store = ModelStore.Open(_test.Directory, new StorageOptions { LockTimeout = TimeSpan.FromMinutes(1) }, time);
        var import = store.ImportAsync("m:1", ModelSource.FromFile(path), null, Cancellation).AsTask();
        while (!import.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        var exception = await Assert.ThrowsAsync<StorageException>(() => import);

        Assert.Contains("LockTimeout", exception.Message, StringComparison.Ordinal);
        child.WriteLine("go");
        (await child.WaitAsync(Cancellation)).EnsureSuccess();
        await _test.RequireContentAsync("m:1", TestModels.Mlp);
    }

    [Fact]
    public async Task ImportAsync_OnAProcessorWithoutVectors_WritesTheSame()
    {
        using var plain = new TestStore();
        foreach (var (reference, model) in ((string, TestModel)[])[("m:1", TestModels.MatMul), ("m:2", TestModels.FineTunedMatMul)])
        {
            await _test.ImportAsync(reference, model);
            using var child = ChildProcess.Start(
                "dotnet",
                StoreProcesses.Arguments(plain.Directory, reference, Save(model)),
                environment: ("DOTNET_EnableHWIntrinsic", "0"));
            child.WriteLine("go");
            (await child.WaitAsync(Cancellation)).EnsureSuccess();
            await plain.RequireContentAsync(reference, model);
        }

        await plain.RequireHealthyAsync();
        Assert.Equal(
            _test.Objects().Select(path => Path.GetRelativePath(_test.Directory, path)),
            plain.Objects().Select(path => Path.GetRelativePath(plain.Directory, path)));
    }

    [Fact]
    public async Task ImportAsync_ModelLargerThanTheBound_TakesBoundedMemory()
    {
        const int Parts = 24;
        const int PartLength = 16 << 20;
        await using (var weights = File.Create(_folder.Combine("large.bin")))
        {
            for (var part = 0; part < Parts; part++)
            {
                await weights.WriteAsync(SeededRandom.Bytes(part, PartLength), Cancellation);
            }
        }

        _folder.WriteFile("model.onnx", TestModels.LargeExternal("large.bin", (long)Parts * PartLength));
        using var child = await StoreProcesses.StartAsync(_test.Directory, "large:1", _folder.Combine("model.onnx"));
        child.WriteLine("go");
        var result = (await child.WaitAsync(Cancellation)).EnsureSuccess();

        var peak = long.Parse(result.Output.Split("peak ")[1]);
        Assert.InRange(peak, 1, MemoryBound + RuntimeItself);
    }

    private static void SpinFor(int milliseconds)
    {
        var started = TimeProvider.System.GetTimestamp();
        SpinWait.SpinUntil(() => TimeProvider.System.GetElapsedTime(started).TotalMilliseconds >= milliseconds);
    }

    private string Save(TestModel model)
    {
        foreach (var (path, content) in model.Files)
        {
            _folder.WriteFile(Path.Combine(model.Name, path), content);
        }

        return _folder.Combine(model.Name, model.FileName);
    }

    private async Task<CommandResult[]> ImportAtOnceAsync(IEnumerable<(string Reference, string Path)> imports)
    {
        var children = await Task.WhenAll(imports.Select(import => StoreProcesses.StartAsync(_test.Directory, import.Reference, import.Path)));
        try
        {
            foreach (var child in children)
            {
                child.WriteLine("go");
            }

            return await Task.WhenAll(children.Select(child => child.WaitAsync(Cancellation)));
        }
        finally
        {
            foreach (var child in children)
            {
                child.Dispose();
            }
        }
    }

    private async Task RequireAllOrNothingAsync()
    {
        if (await _test.Store.FindAsync("bad:1", Cancellation) is not null)
        {
            await _test.RequireContentAsync("bad:1", TestModels.Mlp);
            await _test.Store.RemoveAsync("bad:1", Cancellation);
        }

        await _test.RequireHealthyAsync();
        await _test.RequireContentAsync("good:1", TestModels.Add);
        await _test.Store.CollectGarbageAsync(Cancellation);
        Assert.Equal(3, _test.Objects().Length);
    }
}
