using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Storage;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Runtime.Tests.Loading;

/// <summary>Models that the store keeps and ONNX Runtime will not have: refused in words, and the process lives on.</summary>
public sealed class LoadFailureTests
{
    public static TheoryData<string> UnloadableNames => [.. HostileModels.Unloadable.Keys];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(UnloadableNames))]
    public async Task LoadAsync_TensorThatDoesNotAddUp_IsRefused(string name)
    {
        await using var test = new TestRuntime();
        await test.Runtime.Store.ImportAsync("bad:1", ModelSource.FromMemory(HostileModels.Unloadable[name]), null, Cancellation);

        var exception = await Assert.ThrowsAsync<ModelLoadException>(async () => await test.Runtime.Engine.LoadAsync("bad:1", Cancellation));

        Assert.Equal(("bad:1", "cpu:0"), (exception.Model, exception.Device));
        Assert.True((await test.Runtime.Store.VerifyAsync(Cancellation)).IsHealthy);
    }

    [Fact]
    public async Task LoadAsync_UnknownOperator_NamesIt()
    {
        await using var test = new TestRuntime();

        var exception = await Assert.ThrowsAsync<ModelLoadException>(() => test.LoadAsync(TestModels.UnknownOperator));

        Assert.Equal("unknown-operator:latest", exception.Model);
        Assert.Contains("FrobnicateExtremely", exception.Message, StringComparison.Ordinal);
        Assert.True((await test.Runtime.Store.VerifyAsync(Cancellation)).IsHealthy);
    }

    [Theory]
    [InlineData(ElementType.Int4)]
    [InlineData(ElementType.Float8E4M3FN)]
    public async Task LoadAsync_InputOfATypeThatCannotBeNamed_IsRefused(ElementType type)
    {
        await using var test = new TestRuntime();

        await Assert.ThrowsAsync<ModelLoadException>(() => test.LoadAsync(TestModels.Widen(type)));
    }

    // Of an output that holds nothing, ONNX Runtime's C# interface reads through a null pointer.
    [Fact]
    public async Task LoadAsync_OutputThatMayHoldNothing_IsRefusedBeforeItEndsTheProcess()
    {
        await using var test = new TestRuntime();
        foreach (var model in new[] { TestModels.OptionalTypeOutput, TestModels.NothingOutput })
        {
            var exception = await Assert.ThrowsAsync<ModelLoadException>(() => test.LoadAsync(model));
            Assert.Contains("maybe: optional<float32[2]>", exception.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("weights.bin", 0)]
    [InlineData("weights.bin", 5000)]
    [InlineData("graph.onnx", 0)]
    [InlineData("graph.onnx", 60)]
    public async Task LoadAsync_HotFileCutShort_IsMadeAgain(string name, int length)
    {
        await using var test = new TestRuntime();
        await test.ImportAsync(TestModels.MatMul);
        string path;
        using (var hot = await test.Runtime.Store.MaterializeAsync("matmul", Cancellation))
        {
            path = Path.Combine(Path.GetDirectoryName(hot.Files.ModelPath)!, name);
        }

        // Hot files are read-only: a shorter one takes its place.
        var content = await File.ReadAllBytesAsync(path, Cancellation);
        File.Delete(path);
        await File.WriteAllBytesAsync(path, content[..length], Cancellation);

        await using var lease = await test.Runtime.Engine.LoadAsync("matmul", Cancellation);

        Assert.Equal(content, await File.ReadAllBytesAsync(path, Cancellation));
    }

    [Fact]
    public async Task LoadAsync_StoredContentDamaged_IsHeardOf()
    {
        await using var test = new TestRuntime();
        await test.ImportAsync(TestModels.MatMul);
        var pack = Directory.EnumerateFiles(Path.Combine(test.DataDirectory, "objects"), "*.pack", SearchOption.AllDirectories).Single();
        var content = await File.ReadAllBytesAsync(pack, Cancellation);
        content[content.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(pack, content, Cancellation);

        await Assert.ThrowsAsync<ContentCorruptedException>(async () => await test.Runtime.Engine.LoadAsync("matmul", Cancellation));

        await test.ImportAsync(TestModels.MatMul);
        await using var lease = await test.Runtime.Engine.LoadAsync("matmul", Cancellation);
        Assert.Equal("matmul:latest", lease.Reference.ToString());
    }
}
