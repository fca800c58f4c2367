using EdgeAI.Models;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;

namespace EdgeAI.Storage.Tests.Importing;

/// <summary>Files that must be refused, each with the exception that says what is wrong, and without a trace in the store.</summary>
public sealed class HostileImportTests : IDisposable
{
    private readonly TestStore _test = new();
    private readonly TemporaryDirectory _folder = new();

    public static TheoryData<string> Names => [.. HostileModels.Names];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _test.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task ImportAsync_HostileModel_IsRefusedAndLeavesNothing(string name)
    {
        await _test.ImportAsync("good:1", TestModels.Add);
        var (before, objects) = (await _test.ListAsync(), _test.Objects());
        var hostile = HostileModels.Get(name);
        var path = Save(hostile);

        var exception = await Record.ExceptionAsync(() => _test.Store.ImportAsync("bad:1", ModelSource.FromFile(path), null, Cancellation).AsTask());

        RequireRefusal(hostile, path, exception);
        Assert.Equal(objects, _test.Objects());
        await _test.RequireUnharmedAsync(before, "bad:1", TestModels.Mlp);
    }

    [Fact]
    public async Task ImportAsync_SmallModelCutOffAnywhere_IsRefused()
    {
        await _test.ImportAsync("good:1", TestModels.Add);
        var before = await _test.ListAsync();

        for (var length = 0; length < TestModels.AddOne.Content.Length; length++)
        {
            await RequireInvalidAsync(HostileModels.Truncate(TestModels.AddOne, length));
        }

        await _test.RequireUnharmedAsync(before, "bad:1", TestModels.AddOne);
    }

    [Theory]
    [InlineData("mlp")]
    [InlineData("convolutions")]
    [InlineData("branches")]
    [InlineData("local-function")]
    [InlineData("typed-int64")]
    [InlineData("map-output-string")]
    public async Task ImportAsync_ModelCutOffAtManyPlaces_IsRefused(string name)
    {
        var model = TestModels.Get(name);
        var before = await _test.ListAsync();

        for (var i = 0; i < 100; i++)
        {
            await RequireInvalidAsync(HostileModels.Truncate(model, (int)((long)model.Content.Length * i / 100)));
        }

        await RequireInvalidAsync(HostileModels.Truncate(model, model.Content.Length - 1));
        await _test.RequireUnharmedAsync(before, "bad:1", model);
    }

    [Theory]
    [InlineData("add-one")]
    [InlineData("branches")]
    [InlineData("map-output-string")]
    public async Task ImportAsync_AnyByteChanged_IsRefusedOrStoredAsItIs(string name)
    {
        var content = TestModels.Get(name).Content.ToArray();
        for (var i = 0; i < content.Length; i += Math.Max(1, content.Length / 300))
        {
            content[i] ^= 0xFF;
            await RequireRefusedOrStoredAsync(content);
            content[i] ^= 0xFF;
        }

        await _test.RequireHealthyAsync();
    }

    [Fact]
    public async Task ImportAsync_ExternalFileBehindALink_IsRefusedUnread()
    {
        var path = TestModels.External.Save(_folder);
        File.Move(_folder.Combine("model.data"), _folder.Combine("elsewhere.data"));
        File.CreateSymbolicLink(_folder.Combine("model.data"), _folder.Combine("elsewhere.data"));

        var exception = await Assert.ThrowsAsync<UnsafeModelPathException>(
            async () => await _test.Store.ImportAsync("bad:1", ModelSource.FromFile(path), null, Cancellation));

        Assert.Equal("model.data", exception.Path);
        await _test.RequireUnharmedAsync([], "bad:1", TestModels.External);
    }

    [Theory]
    [InlineData("../model.onnx")]
    [InlineData("folder/model.onnx")]
    [InlineData("/etc/model.onnx")]
    [InlineData("..")]
    [InlineData("model\0.onnx")]
    [InlineData("folder\\model.onnx")]
    public async Task ImportAsync_HostileFileName_IsRefused(string fileName)
    {
        var source = ModelSource.FromMemory(TestModels.Add.Content, fileName);

        await Assert.ThrowsAsync<InvalidModelException>(async () => await _test.Store.ImportAsync("bad:1", source, null, Cancellation));

        await _test.RequireUnharmedAsync([], "bad:1", TestModels.Add);
    }

    [Fact]
    public async Task ImportAsync_ByDigest_IsRefused() => await Assert.ThrowsAsync<ArgumentException>(async () => await _test.Store.ImportAsync(
        ModelReference.Parse("a").At(Digest.Of([])), ModelSource.FromMemory(TestModels.Add.Content), null, Cancellation));

    private static void RequireRefusal(HostileModel hostile, string path, Exception? exception)
    {
        switch (hostile.Refusal)
        {
            case HostileModelRefusal.UnsafePath:
                Assert.IsType<UnsafeModelPathException>(exception);
                break;
            case HostileModelRefusal.MissingFile:
                Assert.Equal(path, Assert.IsType<ModelFileNotFoundException>(exception).ReferredToBy);
                break;
            default:
                Assert.Equal(path, Assert.IsType<InvalidModelException>(exception).File);
                break;
        }
    }

    private string Save(HostileModel hostile)
    {
        foreach (var (path, content) in hostile.ExternalFiles)
        {
            _folder.WriteFile(path, content);
        }

        return _folder.WriteFile("model.onnx", hostile.Content);
    }

    private async Task RequireInvalidAsync(byte[] content)
    {
        var exception = await Record.ExceptionAsync(() => _test.Store.ImportAsync("bad:1", ModelSource.FromMemory(content), null, Cancellation).AsTask());

        Assert.True(exception is InvalidModelException, $"{content.Length} bytes: {exception?.ToString() ?? "taken"}");
    }

    // Most bytes of a model are numbers, of which any are as good as others; what is taken must come out again as it went in.
    private async Task RequireRefusedOrStoredAsync(byte[] content)
    {
        try
        {
            await _test.Store.ImportAsync("changed:1", ModelSource.FromMemory(content), null, Cancellation);
            await using var stream = await _test.Store.OpenAsync("changed:1", null, Cancellation);
            Assert.Equal(content, await TestStore.ReadAsync(stream));
        }
        catch (EdgeAIException exception)
        {
            Assert.True(exception is InvalidModelException or ModelFileNotFoundException, exception.ToString());
        }
    }
}
