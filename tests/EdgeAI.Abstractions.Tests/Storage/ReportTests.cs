using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Storage;

namespace EdgeAI.Abstractions.Tests.Storage;

public sealed class ReportTests
{
    [Fact]
    public void IsHealthy_WithoutProblems_IsTrue()
    {
        Assert.True(new VerificationReport(1, 2, 3, []).IsHealthy);
        Assert.False(new VerificationReport(1, 2, 3, [new VerificationProblem("pack", "damaged", ["a:1"])]).IsHealthy);
    }

    [Fact]
    public void TotalLength_OfAManifest_IsThatOfItsFiles()
    {
        var manifest = new ModelManifest
        {
            Schema = ModelManifest.CurrentSchema,
            Format = ModelFormat.Onnx,
            Files = [File("a", 3), File("b", 4)],
            Signature = new ModelSignature([], []),
            Metadata = new Dictionary<string, string>(),
            Operators = [],
        };

        Assert.Equal(7, manifest.TotalLength);
    }

    [Fact]
    public void ToString_OfADevice_IsProviderAndId() =>
        Assert.Equal("cpu:0", new ExecutionDevice("cpu", DeviceKind.Cpu, "0", "a processor").ToString());

    private static ModelFile File(string path, long length) => new() { Path = path, Length = length, Chunks = [], Tensors = [] };
}
