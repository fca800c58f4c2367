using Amazon.S3;
using Amazon.S3.Model;
using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Sources;
using EdgeAI.Storage.S3.Sources;
using EdgeAI.Storage.S3.Tests.Servers;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Storage.S3.Tests.Sources;

/// <summary>Imports from a real cluster by address.</summary>
[Collection(nameof(CephCluster))]
public sealed class S3SourceTests(CephCluster ceph) : IAsyncLifetime
{
    private const int Block = 1 << 20;
    private const int Headers = 64 << 10;

    private readonly TemporaryDirectory _folder = new();
    private readonly string _prefix = $"sources-{Guid.NewGuid():n}/";
    private IAmazonS3? _bucket;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await ceph.StartAsync();
        _bucket = ceph.MakeClient();
    }

    public ValueTask DisposeAsync()
    {
        _bucket?.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task ImportAsync_OneObject_IsTheModelWithTheFilesBesideIt()
    {
        var model = TestModels.All.First(model => model.ExternalFiles.Count > 0);
        foreach (var (path, content) in model.Files)
        {
            await PutAsync($"a model/ü%?#/{path}", content);
        }

        using var store = Open();
        await store.Store.ImportAsync("m:1", Source($"a model/ü%25%3F%23/{model.FileName}#{Digest.Of(model.Content)}"), null, Cancellation);

        foreach (var (path, content) in model.Files)
        {
            Assert.Equal(content, await ReadAsync(store.Store, path));
        }

        Assert.Empty(store.Downloads);
    }

    [Fact]
    public async Task ImportAsync_Folder_IsItsModelWithAllElseAsCompanions()
    {
        await PutAsync("folder/", []);
        await PutAsync("folder/model.onnx", TestModels.Mlp.Content);
        await PutAsync("folder/tokenizer.json", [1, 2, 3]);
        await PutAsync("folder/more/merges.txt", [4]);
        await PutAsync("folder/.hidden/config", [5]);

        using var store = Open();
        await store.Store.ImportAsync("m:1", Source("folder/"), null, Cancellation);

        var manifest = await store.Store.InspectAsync("m:1", Cancellation);
        Assert.Equal(["model.onnx", "more/merges.txt", "tokenizer.json"], manifest.Files.Select(file => file.Path).Order(StringComparer.Ordinal));
        Assert.Equal([1, 2, 3], await ReadAsync(store.Store, "tokenizer.json"));
    }

    [Fact]
    public async Task ImportAsync_FolderOfSeveralModelsOrNone_NamesThoseThatCouldBeMeant()
    {
        await PutAsync("several/a.onnx", [1]);
        await PutAsync("several/b.onnx", [1]);
        await PutAsync("none/readme.md", [1]);
        using var store = Open();

        var several = await Assert.ThrowsAsync<AmbiguousModelSourceException>(() => store.ImportAsync(Source("several/")));
        Assert.Equal([Address("several/a.onnx"), Address("several/b.onnx")], several.Candidates);
        Assert.Equal([Address("none/readme.md")], (await Assert.ThrowsAsync<AmbiguousModelSourceException>(() => store.ImportAsync(Source("none/")))).Candidates);
        await Assert.ThrowsAsync<ModelSourceNotFoundException>(() => store.ImportAsync(Source("nothing/")));
    }

    [Fact]
    public async Task ImportAsync_ConnectionBreaksAndTheProcessStops_FetchesNoVerifiedBlockAgain()
    {
        var content = Bytes(8 * Block);
        await PutAsync("m.bin", content);
        await using var way = new CuttingProxy(ceph.Endpoints[0]) { CutAfter = 2 * Block };
        using var store = Open(options => SetOnly(options, way.Address));
        using (var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation))
        {
            var progress = new Watch(done => done > 5 * Block, stop.Cancel);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.Store.ImportAsync("m:1", Source("m.bin"), progress, stop.Token).AsTask());
        }

        Assert.Null(way.CutAfter);
        Assert.NotEmpty(store.Downloads);
        store.Reopen();
        var before = way.Bytes;
        await store.ImportAsync(Source("m.bin"));

        // Five whole blocks were there.
        Assert.InRange(way.Bytes - before, 1, (3 * Block) + Headers);
        Assert.Equal(content, await ReadAsync(store.Store, "m.bin"));
        Assert.Empty(store.Downloads);
    }

    [Fact]
    public async Task ImportAsync_OverwrittenWhileItWasInterrupted_IsTheNewContentAlone()
    {
        await PutAsync("m.bin", Bytes(4 * Block, seed: 1));
        using var store = Open();
        using (var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation))
        {
            var progress = new Watch(done => done > 2 * Block, stop.Cancel);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.Store.ImportAsync("m:1", Source("m.bin"), progress, stop.Token).AsTask());
        }

        var content = Bytes(4 * Block, seed: 2);
        await PutAsync("m.bin", content);
        await store.ImportAsync(Source("m.bin"));

        Assert.Equal(content, await ReadAsync(store.Store, "m.bin"));
    }

    [Fact]
    public async Task ImportAsync_FolderIsChangedMeanwhile_MixesNoVersions()
    {
        await PutAsync("folder/tokenizer.json", [1]);
        await PutAsync("folder/m.onnx", TestModels.Mlp.Content);
        using var store = Open();

        // While the model comes, its tokenizer becomes another one; or it goes.
        var changed = await Assert.ThrowsAsync<ModelSourceChangedException>(() => store.Store.ImportAsync(
            "m:1", Source("folder/"), new Watch(_ => true, () => PutAsync("folder/tokenizer.json", [2]).GetAwaiter().GetResult()), Cancellation).AsTask());
        Assert.Equal(Address("folder/tokenizer.json"), changed.File);
        using var other = Open();
        await Assert.ThrowsAsync<ModelSourceChangedException>(() => other.Store.ImportAsync(
            "m:1", Source("folder/"), new Watch(_ => true, () => _bucket!.DeleteObjectAsync("edgeai", _prefix + "folder/tokenizer.json", Cancellation).GetAwaiter().GetResult()), Cancellation).AsTask());
        Assert.Empty(await store.Store.ListAsync(Cancellation));

        await PutAsync("folder/tokenizer.json", [3]);
        await store.ImportAsync(Source("folder/"));
        Assert.Equal([3], await ReadAsync(store.Store, "tokenizer.json"));
    }

    [Fact]
    public async Task ImportAsync_WhatIsNotThereOrNotAllowed_SaysWhichWithoutSecrets()
    {
        await PutAsync("m.onnx", TestModels.Add.Content);
        await PutAsync("external/model.onnx", TestModels.All.First(model => model.ExternalFiles.Count > 0).Content);
        using (var store = Open())
        {
            await Assert.ThrowsAsync<ModelSourceNotFoundException>(() => store.ImportAsync(Source("none.onnx")));
            await Assert.ThrowsAsync<ModelFileNotFoundException>(() => store.ImportAsync(Source("external/model.onnx")));
            await Assert.ThrowsAsync<ModelSourceCorruptedException>(() => store.ImportAsync(Source($"m.onnx#{Digest.Of([1])}")));
            var bucket = await Assert.ThrowsAsync<ModelSourceNotFoundException>(() => store.ImportAsync(ModelSource.Parse("s3://no-such-bucket/m.onnx")));
            Assert.Contains("no-such-bucket", bucket.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<ModelSourceNotFoundException>(() => store.ImportAsync(ModelSource.Parse("s3://no-such-bucket/")));
        }

        var log = new LogLines();
        foreach (var (key, secret) in ((string, string)[])[("testaccess", "a-wrong-secret"), ("hidden-access", "a-wrong-secret")])
        {
            using var store = Open(options => (options.AccessKey, options.SecretKey) = (key, secret), log);
            foreach (var address in (string[])["m.onnx", "folder/"])
            {
                var denied = await Assert.ThrowsAsync<ModelSourceDeniedException>(() => store.ImportAsync(Source(address)));
                Assert.DoesNotContain(secret, denied.ToString(), StringComparison.Ordinal);
                Assert.DoesNotContain(key, denied.ToString(), StringComparison.Ordinal);
            }
        }

        Assert.DoesNotContain(log.Lines, line => line.Contains("secret", StringComparison.Ordinal) || line.Contains("access", StringComparison.Ordinal));
        using var anonymous = Open(options => (options.AccessKey, options.SecretKey, options.Anonymous) = (null, null, true));
        await Assert.ThrowsAsync<ModelSourceDeniedException>(() => anonymous.ImportAsync(Source("m.onnx")));
    }

    [Fact]
    public async Task ImportAsync_OneGatewayIsDead_ComesByTheOtherAndWithoutAnyItIsUnavailable()
    {
        await PutAsync("m.onnx", TestModels.Add.Content);
        using var store = Open();
        ceph.Kill("rgw.0");
        await store.ImportAsync(Source("m.onnx"));

        ceph.Kill("rgw.1");
        await Assert.ThrowsAsync<ModelSourceUnavailableException>(() => store.ImportAsync(Source("other.onnx")));
        await Assert.ThrowsAsync<ModelSourceUnavailableException>(() => store.ImportAsync(Source("folder/")));
    }

    [Theory]
    [InlineData("s3:bucket/m.onnx")]
    [InlineData("s3:///m.onnx")]
    [InlineData("s3://key:hidden@bucket/m.onnx")]
    [InlineData("s3://bucket/m.onnx?versionId=hidden")]
    public async Task ImportAsync_AddressOfAnotherForm_IsRefusedWithoutWhatMayBeSecret(string address)
    {
        using var store = Open();
        var exception = await Assert.ThrowsAsync<InvalidModelAddressException>(() => store.ImportAsync(ModelSource.Parse(address)));
        Assert.DoesNotContain("hidden", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_ModelsInConfiguration_AreImportedFromEachScheme()
    {
        await PutAsync("a.onnx", TestModels.Add.Content);
        await PutAsync("folder/b.onnx", TestModels.Mlp.Content);
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["EdgeAI:DataDirectory"] = _folder.Combine("configured"),
            ["EdgeAI:Models:0:Name"] = "shop/a:1",
            ["EdgeAI:Models:0:Source"] = Address("a.onnx"),
            ["EdgeAI:Models:1:Name"] = "shop/b:1",
            ["EdgeAI:Models:1:Source"] = Address("folder/").Replace("s3:", "ceph:", StringComparison.Ordinal),
            ["Ceph:Scheme"] = "ceph",
            ["Ceph:Endpoints:0"] = ceph.Endpoints[1].ToString(),
            ["Ceph:AccessKey"] = ceph.Options(_prefix).AccessKey,
            ["Ceph:SecretKey"] = ceph.Options(_prefix).SecretKey,
        });
        builder.Services.AddEdgeAI().AddS3Source(Set).AddS3Source(builder.Configuration.GetSection("Ceph"));
        builder.Services.AddEdgeAI("other", options => options.DataDirectory = _folder.Combine("other"));
        using var host = builder.Build();

        await host.StartAsync(Cancellation);

        Assert.Equal(["shop/a:1", "shop/b:1"], (await host.Services.GetRequiredService<IModelStore>().ListAsync(Cancellation)).Select(model => model.Reference.ToString()).Order());
        var other = host.Services.GetRequiredKeyedService<IModelStore>("other");
        await Assert.ThrowsAsync<InvalidModelAddressException>(() => other.ImportAsync("a:1", Source("a.onnx"), null, Cancellation).AsTask());
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task ImportAsync_WithoutOptions_TakesWhatTheEnvironmentSays()
    {
        await PutAsync("m.onnx", TestModels.Add.Content);
        var said = new Dictionary<string, string?>
        {
            ["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1",
            ["AWS_ENDPOINT_URL_S3"] = ceph.Endpoints[0].ToString(),
            ["AWS_REGION"] = "default",
            ["AWS_ACCESS_KEY_ID"] = ceph.Options(_prefix).AccessKey,
            ["AWS_SECRET_ACCESS_KEY"] = ceph.Options(_prefix).SecretKey,
        };
        var before = said.Keys.ToDictionary(name => name, Environment.GetEnvironmentVariable);
        try
        {
            SetEnvironment(said);
            await using var runtime = EdgeRuntime.Create(options => options.DataDirectory = _folder.Combine("environment"), builder => builder.AddS3Source());
            await runtime.Store.ImportAsync("m:1", Source("m.onnx"), null, Cancellation);
            Assert.Equal(TestModels.Add.Content, await ReadAsync(runtime.Store, "model.onnx", "m.onnx"));

            SetEnvironment(new() { ["AWS_ENDPOINT_URL_S3"] = "http://user:hidden@localhost" });
            await using var wrong = EdgeRuntime.Create(options => options.DataDirectory = _folder.Combine("wrong"), builder => builder.AddS3Source());
            var refused = await Assert.ThrowsAsync<ModelSourceException>(() => wrong.Store.ImportAsync("m:1", Source("m.onnx"), null, Cancellation).AsTask());
            Assert.Contains("AWS_ENDPOINT_URL_S3", refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("hidden", refused.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            SetEnvironment(before);
        }
    }

    private static void SetEnvironment(Dictionary<string, string?> variables)
    {
        foreach (var (name, value) in variables)
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }

    private static byte[] Bytes(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static async Task<byte[]> ReadAsync(IModelStore store, params string[] paths)
    {
        var files = (await store.InspectAsync("m:1", Cancellation)).Files.Select(file => file.Path).ToArray();
        await using var stream = await store.OpenAsync("m:1", paths.First(files.Contains), Cancellation);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, Cancellation);
        return content.ToArray();
    }

    private string Address(string key) => $"s3://edgeai/{_prefix}{key}";

    private ModelSource Source(string key) => ModelSource.Parse(Address(key));

    private async Task PutAsync(string key, byte[] content)
    {
        using var body = new MemoryStream(content);
        await _bucket!.PutObjectAsync(new PutObjectRequest { BucketName = "edgeai", Key = _prefix + key, InputStream = body }, Cancellation);
    }

    private void Set(S3SourceOptions options)
    {
        var cluster = ceph.Options(_prefix);
        (options.Region, options.AccessKey, options.SecretKey) = (cluster.Region, cluster.AccessKey, cluster.SecretKey);
        foreach (var endpoint in cluster.Endpoints)
        {
            options.Endpoints.Add(endpoint);
        }
    }

    private static void SetOnly(S3SourceOptions options, Uri endpoint)
    {
        options.Endpoints.Clear();
        options.Endpoints.Add(endpoint);
    }

    private SourceStore Open(Action<S3SourceOptions>? configure = null, LogLines? log = null)
    {
        var options = new S3SourceOptions();
        Set(options);
        configure?.Invoke(options);
        return new SourceStore(_folder.Combine($"store-{Guid.NewGuid():n}"), new S3ModelSourceScheme(options, null, log));
    }

    private sealed class SourceStore(string directory, S3ModelSourceScheme scheme) : IDisposable
    {
        public ModelStore Store { get; private set; } = Open(directory, scheme);

        /// <summary>Files that downloads left.</summary>
        public string[] Downloads => Directory.Exists(Path.Combine(directory, "downloads"))
            ? Directory.GetFiles(Path.Combine(directory, "downloads"), "*", SearchOption.AllDirectories)
            : [];

        public async Task ImportAsync(ModelSource source) => await Store.ImportAsync("m:1", source, null, Cancellation);

        public void Reopen()
        {
            Store.DisposeAsync().AsTask().GetAwaiter().GetResult();
            Store = Open(directory, scheme);
        }

        public void Dispose()
        {
            Store.DisposeAsync().AsTask().GetAwaiter().GetResult();
            scheme.Dispose();
        }

        private static ModelStore Open(string directory, S3ModelSourceScheme scheme) =>
            ModelStore.Open(directory, new StorageOptions { Sources = { Retries = 1 } }, schemes: [scheme]);
    }

    private sealed class Watch(Predicate<long> isTime, Action act) : IProgress<ImportProgress>
    {
        private bool _done;

        public void Report(ImportProgress value)
        {
            if (!_done && value.Stage == ImportStage.Fetching && isTime(value.BytesDone))
            {
                _done = true;
                act();
            }
        }
    }

    private sealed class LogLines : ILogger<S3ModelSourceScheme>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception) + exception);
    }
}
