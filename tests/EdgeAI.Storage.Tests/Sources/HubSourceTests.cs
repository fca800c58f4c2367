using System.Text;
using EdgeAI.Sources;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Safetensors;

namespace EdgeAI.Storage.Tests.Sources;

public sealed class HubSourceTests : IAsyncLifetime
{
    private const string Address = "hf:" + ModelHub.Repository;

    private SourceTest _test = null!;
    private WebServer _content = null!;
    private ModelHub _hub = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _test = await SourceTest.StartAsync();
        _content = await WebServer.StartAsync();
        _hub = new ModelHub(_test.Server, _content);
    }

    public async ValueTask DisposeAsync()
    {
        await _content.DisposeAsync();
        await _test.DisposeAsync();
    }

    [Fact]
    public async Task ImportAsync_OneModel_IsFoundAndComesWithWhatBelongsToIt()
    {
        _hub.Add("README.md", [1, 2, 3], isLarge: false);
        _hub.Add("config.json", "{}"u8.ToArray(), isLarge: false);
        _hub.Add("model.onnx", TestModels.MatMul.Content, isLarge: true);

        await _test.ImportAsync(Address);

        Assert.Equal(["config.json", "model.onnx"], (await _test.Test.Store.InspectAsync("m:1", Cancellation)).Files.Select(file => file.Path).Order());
        await _test.RequireAsync(TestModels.MatMul.Content);
        await _test.RequireAsync("{}"u8.ToArray(), "config.json");
    }

    [Fact]
    public async Task ImportAsync_ModelInAFolder_FindsWhatItRefersToThere()
    {
        var model = TestModels.External;
        _hub.Add("onnx/model.onnx", model.Content, isLarge: false);
        _hub.Add("onnx/model.data", model.ExternalFiles["model.data"], isLarge: true);
        _hub.Add("model.safetensors", [0], isLarge: true);

        await _test.ImportAsync(Address);

        await _test.Test.RequireContentAsync("m:1", model);
    }

    [Fact]
    public async Task ImportAsync_Shards_AllComeByTheIndex()
    {
        byte[] Shard(string name, int seed) => new SafetensorsBuilder().Tensor(name, SeededRandom.Floats(seed, 4096), 64, 64).Build();
        var index = Encoding.UTF8.GetBytes("""{"metadata":{},"weight_map":{"a":"model-1.safetensors","b":"model-2.safetensors"}}""");
        _hub.Add("model.safetensors.index.json", index, isLarge: false);
        _hub.Add("model-1.safetensors", Shard("a", 1), isLarge: true);
        _hub.Add("model-2.safetensors", Shard("b", 2), isLarge: true);

        await _test.ImportAsync(Address);

        await _test.RequireAsync(index);
        await _test.RequireAsync(Shard("b", 2), "model-2.safetensors");
    }

    [Fact]
    public async Task ImportAsync_SeveralModels_AreListed()
    {
        _hub.Add("onnx/model.onnx", TestModels.Add.Content, isLarge: true);
        _hub.Add("onnx/model_int8.onnx", TestModels.Mlp.Content, isLarge: true);

        var exception = await Assert.ThrowsAsync<AmbiguousModelSourceException>(() => _test.ImportAsync(Address));

        Assert.Equal([Address + "/onnx/model.onnx", Address + "/onnx/model_int8.onnx"], exception.Candidates);
        Assert.Contains(exception.Candidates[1], exception.Message, StringComparison.Ordinal);
        await _test.ImportAsync(exception.Candidates[1]);
        await _test.RequireAsync(TestModels.Mlp.Content);
    }

    [Fact]
    public async Task ImportAsync_FileThatIsNotThere_IsSaidBeforeAnythingIsFetched()
    {
        _hub.Add("model.onnx", TestModels.Add.Content, isLarge: true);

        var exception = await Assert.ThrowsAsync<ModelSourceNotFoundException>(() => _test.ImportAsync(Address + "/none.onnx"));

        Assert.Contains("'model.onnx'", exception.Message, StringComparison.Ordinal);
        Assert.Empty(_content.Requests);
    }

    [Fact]
    public async Task ImportAsync_Token_GoesToTheHubAlone()
    {
        _hub.Token = _test.Options.Sources.HuggingFace.Token = "hf_secret";
        _hub.Add("model.onnx", TestModels.Add.Content, isLarge: true);

        await _test.ImportAsync(Address);

        Assert.All(_test.Server.Requests, request => Assert.Equal("Bearer hf_secret", request.Authorization));
        Assert.Null(Assert.Single(_content.Requests).Authorization);
    }

    [Theory]
    [InlineData(false, "", "set HF_TOKEN")]
    [InlineData(false, "hf_wrong_secret", "may not read it")]
    [InlineData(true, "", "Accept its terms at")]
    [InlineData(true, "hf_secret", "Accept its terms at")]
    public async Task ImportAsync_Denied_SaysWhatToDo(bool isGated, string token, string advice)
    {
        (_hub.Token, _hub.IsGated, _test.Options.Sources.HuggingFace.Token) = ("hf_secret", isGated, token);
        _hub.Add("model.onnx", TestModels.Add.Content, isLarge: true);

        var exception = await Assert.ThrowsAsync<ModelSourceDeniedException>(() => _test.ImportAsync(Address));

        Assert.Contains(advice, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", exception.ToString(), StringComparison.Ordinal);
        Assert.Single(_test.Server.Requests);
    }

    [Fact]
    public async Task ImportAsync_TokenThatCanBeNone_IsRefusedWithoutShowingIt()
    {
        _test.Options.Sources.HuggingFace.Token = "hf_sec\nret";

        Assert.DoesNotContain("hf_sec", (await Assert.ThrowsAsync<ModelSourceDeniedException>(() => _test.ImportAsync(Address))).ToString(), StringComparison.Ordinal);
        Assert.Empty(_test.Server.Requests);
    }

    [Fact]
    public async Task ImportAsync_NoSuchRepositoryOrRevision_IsSaid()
    {
        _hub.Add("model.onnx", TestModels.Add.Content, isLarge: true);

        await Assert.ThrowsAsync<ModelSourceNotFoundException>(() => _test.ImportAsync("hf:org/none"));
        await Assert.ThrowsAsync<ModelSourceNotFoundException>(() => _test.ImportAsync(Address + "@none"));
    }

    [Fact]
    public async Task ImportAsync_RevisionWithASlash_IsAskedForAsOne()
    {
        await Assert.ThrowsAnyAsync<ModelSourceException>(() => _test.ImportAsync(Address + "@refs%2Fpr%2F2"));

        Assert.Equal($"/api/models/{ModelHub.Repository}/revision/refs%2Fpr%2F2?blobs=true", _test.Server.Requests[0].Path);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ImportAsync_OtherContentThanTheHubSays_IsRefused(bool isLarge)
    {
        var content = TestModels.MatMul.Content;
        var file = _hub.Add("model.onnx", content, isLarge);
        file.Content = [.. content[..^1], (byte)(content[^1] ^ 1)];

        await Assert.ThrowsAsync<ModelSourceCorruptedException>(() => _test.ImportAsync(Address));

        Assert.Empty(_test.Downloads);
        file.Content = content;
        await _test.ImportAsync(Address);
        await _test.RequireAsync(content);
    }

    [Fact]
    public async Task ImportAsync_DigestInTheAddress_MustBeTheHubs()
    {
        _hub.Add("model.onnx", TestModels.Add.Content, isLarge: true);

        await Assert.ThrowsAsync<ModelSourceCorruptedException>(() => _test.ImportAsync(Address + "#" + SourceTest.DigestOf([1])));
        await _test.ImportAsync(Address + "#" + SourceTest.DigestOf(TestModels.Add.Content));

        Assert.Single(_content.Requests);
    }

    [Fact]
    public async Task ImportAsync_ConnectionToTheOtherHostBreaks_GoesOnThere()
    {
        var content = SourceTest.Bytes(2_000_000);
        var file = _hub.Add("m.gguf.bin", content, isLarge: true);
        file.BreakAfter(900_000);

        await _test.ImportAsync(Address + "/m.gguf.bin");

        Assert.True(_content.Requests[1].From > 0);
        await _test.RequireAsync(content);
    }

    [Fact]
    public async Task ImportAsync_InTheCache_IsNotFetched()
    {
        _hub.Add("config.json", "{}"u8.ToArray(), isLarge: false);
        _hub.Add("model.onnx", TestModels.MatMul.Content, isLarge: true);
        _hub.WriteCache(_test.HubCache, "model.onnx", "config.json");

        await _test.ImportAsync(Address);

        Assert.Empty(_content.Requests);
        Assert.Single(_test.Server.Requests);
        await _test.RequireAsync(TestModels.MatMul.Content);
    }

    [Fact]
    public async Task ImportAsync_DamagedInTheCache_IsFetched()
    {
        _hub.Add("model.onnx", TestModels.MatMul.Content, isLarge: true);
        _hub.WriteCache(_test.HubCache, "model.onnx");
        TestStore.Flip(Directory.GetFiles(_test.HubCache, "*", SearchOption.AllDirectories).Single(path => path.Contains("blobs", StringComparison.Ordinal)), 1000);

        await _test.ImportAsync(Address);

        Assert.Single(_content.Requests);
        await _test.RequireAsync(TestModels.MatMul.Content);
        _test.Options.Sources.HuggingFace.Offline = true;
        await Assert.ThrowsAsync<ModelSourceCorruptedException>(() => _test.ImportAsync(Address, "n:1"));
    }

    [Fact]
    public async Task ImportAsync_Offline_TakesWhatTheCacheHasAndAsksNobody()
    {
        _test.Options.Sources.HuggingFace.Offline = true;
        _hub.Add("model.onnx", TestModels.MatMul.Content, isLarge: true);
        var missing = await Assert.ThrowsAsync<ModelSourceUnavailableException>(() => _test.ImportAsync(Address));
        _hub.WriteCache(_test.HubCache, "model.onnx");

        await _test.ImportAsync(Address);
        await _test.ImportAsync($"{Address}@{ModelHub.Commit}/model.onnx", "n:1");

        Assert.Contains("HF_HUB_OFFLINE", missing.Message, StringComparison.Ordinal);
        Assert.Empty(_test.Server.Requests);
        await _test.RequireAsync(TestModels.MatMul.Content);
    }

    [Fact]
    public async Task ImportAsync_HubOutOfReach_TakesWhatTheCacheHas()
    {
        _hub.Add("model.onnx", TestModels.MatMul.Content, isLarge: true);
        _hub.WriteCache(_test.HubCache, "model.onnx");
        await _test.Server.DisposeAsync();

        await _test.ImportAsync(Address);

        await _test.RequireAsync(TestModels.MatMul.Content);
    }

    [Fact]
    public async Task ImportAsync_CacheThatLeadsElsewhere_IsNotFollowed()
    {
        _test.Options.Sources.HuggingFace.Offline = true;
        _hub.Add("model.onnx", TestModels.Add.Content, isLarge: true);
        _hub.WriteCache(_test.HubCache, "model.onnx");
        var link = Directory.GetFiles(_test.HubCache, "model.onnx", SearchOption.AllDirectories).Single();
        File.Delete(link);
        var secret = Path.Combine(_test.Test.Directory, "..", "secret.onnx");
        await File.WriteAllBytesAsync(secret, TestModels.Add.Content, Cancellation);
        File.CreateSymbolicLink(link, secret);

        await Assert.ThrowsAnyAsync<ModelSourceException>(() => _test.ImportAsync(Address));
    }

    [Fact]
    public async Task ImportAsync_SomethingElseThanAHub_IsSaid()
    {
        _test.Server.Serve($"/api/models/{ModelHub.Repository}/revision/main", "<html>"u8.ToArray());

        Assert.Contains("HF_ENDPOINT", (await Assert.ThrowsAsync<ModelSourceException>(() => _test.ImportAsync(Address))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hf:model")]
    [InlineData("hf:org/")]
    [InlineData("hf:org/../x")]
    [InlineData("hf:org/repo@/m.onnx")]
    [InlineData("hf:org/repo@../m.onnx")]
    [InlineData("hf:org/repo/../m.onnx")]
    [InlineData("hf:org/re po")]
    public async Task ImportAsync_NotOfTheForm_IsRefused(string address)
    {
        await Assert.ThrowsAsync<InvalidModelAddressException>(() => _test.ImportAsync(address));
        Assert.Empty(_test.Server.Requests);
    }
}
