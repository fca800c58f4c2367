using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using EdgeAI.Configuration;
using EdgeAI.Runtime.Tests.Baseline;
using EdgeAI.Storage;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Runtime.Tests.Providers.Onnx;

/// <summary>Packed weights that are kept in a file, and mapped.</summary>
public sealed partial class PackedWeightsTests
{
    public static TheoryData<string> Names => [.. TestModels.Names];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Run_EveryModelOfTheCatalogue_GivesThePlainRuntimesBits(string name)
    {
        var model = TestModels.Get(name);
        await using var test = new TestRuntime(Keep);
        using var expected = PlainRuntime.Run(model, model.CreateInputs());

        // The first load packs, the second takes what the first has kept.
        for (var load = 0; load < 2; load++)
        {
            await using var lease = await test.LoadAsync(model);
            using var actual = lease.Run(model.CreateInputs(), Cancellation);
            ModelValueAssert.Same(expected, actual);
        }
    }

    [Fact]
    public async Task LoadAsync_Packed_IsMadeOnceAndEveryBlobIsAligned()
    {
        await using var test = new TestRuntime(Keep);
        await (await test.LoadAsync(TestModels.MatMul)).DisposeAsync();
        var packed = Assert.Single(HotFolder.Packed(test.DataDirectory));
        var made = File.GetLastWriteTimeUtc(Path.Combine(packed, HotFiles.WeightsName));

        await (await test.LoadAsync(TestModels.MatMul)).DisposeAsync();

        Assert.Equal(made, File.GetLastWriteTimeUtc(Path.Combine(packed, HotFiles.WeightsName)));
        Assert.Empty(HotFolder.Optimized(test.DataDirectory));
        var blobs = Blob().Matches(Encoding.Latin1.GetString(File.ReadAllBytes(Path.Combine(packed, HotFiles.GraphName))));
        Assert.NotEmpty(blobs);
        Assert.All(blobs, blob => Assert.Equal(0, long.Parse(blob.Groups[1].Value, CultureInfo.InvariantCulture) % HotFiles.Alignment));
    }

    [Theory]
    [InlineData(HotFiles.WeightsName, true)]
    [InlineData(HotFiles.WeightsName, false)]
    [InlineData(HotFiles.GraphName, true)]
    [InlineData(HotFiles.GraphName, false)]
    [InlineData("stamps.json", true)]
    public async Task LoadAsync_PackedFileDamaged_IsMadeAgain(string file, bool isCut)
    {
        await using var test = new TestRuntime(Keep);
        await (await test.LoadAsync(TestModels.MatMul)).DisposeAsync();
        var path = Path.Combine(Assert.Single(HotFolder.Packed(test.DataDirectory)), file);
        var content = await File.ReadAllBytesAsync(path, Cancellation);
        File.SetAttributes(path, FileAttributes.Normal);
        await File.WriteAllBytesAsync(path, isCut ? content[..(content.Length / 2)] : [.. content[..^1], (byte)~content[^1]], Cancellation);

        await using var lease = await test.LoadAsync(TestModels.MatMul);

        using var expected = PlainRuntime.Run(TestModels.MatMul, TestModels.MatMul.CreateInputs());
        using var actual = lease.Run(TestModels.MatMul.CreateInputs(), Cancellation);
        ModelValueAssert.Same(expected, actual);
        Assert.Equal(content.Length, new FileInfo(path).Length);
        Assert.Empty(HotFolder.Staging(test.DataDirectory));
    }

    [Fact]
    public async Task LoadAsync_PackedWeightsNotKept_LeavesNoFile()
    {
        await using var test = new TestRuntime(options =>
        {
            Keep(options);
            options.Inference.KeepPackedWeights = false;
        });

        await (await test.LoadAsync(TestModels.MatMul)).DisposeAsync();

        Assert.Empty(HotFolder.Packed(test.DataDirectory));
        Assert.Single(HotFolder.Optimized(test.DataDirectory));
    }

    [Fact]
    public async Task Run_HotFilesDeletedWhileTheyAreMapped_GoesOnAndTheNextLoadMakesThemAgain()
    {
        await using var test = new TestRuntime(Keep);
        using var expected = PlainRuntime.Run(TestModels.MatMul, TestModels.MatMul.CreateInputs());
        await using (var lease = await test.LoadAsync(TestModels.MatMul))
        {
            Assert.False(OperatingSystem.IsWindows(), "Mapped files can't be deleted on Windows; the tests run on Linux.");
            Directory.Delete(Path.Combine(test.DataDirectory, "hot"), recursive: true);

            using var actual = lease.Run(TestModels.MatMul.CreateInputs(), Cancellation);
            ModelValueAssert.Same(expected, actual);
        }

        await using var again = await test.LoadAsync(TestModels.MatMul);
        using var later = again.Run(TestModels.MatMul.CreateInputs(), Cancellation);
        ModelValueAssert.Same(expected, later);
    }

    [Fact]
    public async Task LoadAsync_CancelledAtAnyTime_LeavesNothingHalfMade()
    {
        await using var test = new TestRuntime(Keep);
        await test.ImportAsync(TestModels.MatMul);
        var random = new Random(1);
        for (var i = 0; i < 100; i++)
        {
            using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            var loading = test.Runtime.Engine.LoadAsync(TestModels.MatMul.Name, cancellation.Token).AsTask();
            var cancelling = CancelAfterAsync(cancellation, random.Next(1 << 12));
            try
            {
                await (await loading).DisposeAsync();
                Array.ForEach(HotFolder.Packed(test.DataDirectory), folder => Directory.Delete(folder, recursive: true));
            }
            catch (OperationCanceledException)
            {
                Cancellation.ThrowIfCancellationRequested();
            }

            await cancelling;
        }

        await using var lease = await test.LoadAsync(TestModels.MatMul);
        using var expected = PlainRuntime.Run(TestModels.MatMul, TestModels.MatMul.CreateInputs());
        using var actual = lease.Run(TestModels.MatMul.CreateInputs(), Cancellation);
        ModelValueAssert.Same(expected, actual);
        Assert.Empty(HotFolder.Staging(test.DataDirectory));
    }

    private static Task CancelAfterAsync(CancellationTokenSource cancellation, int yields) => Task.Run(async () =>
    {
        for (var i = 0; i < yields; i++)
        {
            await Task.Yield();
        }

        await cancellation.CancelAsync();
    });

    private static void Keep(EdgeAIOptions options)
    {
        options.Inference.WeightPacking = WeightPacking.Always;
        options.Inference.KeepAlive = TimeSpan.Zero;
    }

    [GeneratedRegex(@"\|(\d+);[1-9]\d*;")]
    private static partial Regex Blob();
}
