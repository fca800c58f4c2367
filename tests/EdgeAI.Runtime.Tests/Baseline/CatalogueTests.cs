using EdgeAI.Testing.Catalogue;
using Microsoft.ML.OnnxRuntime;

namespace EdgeAI.Runtime.Tests.Baseline;

/// <summary>What other tests build on: the catalogue's models mean the same to plain ONNX Runtime as to us.</summary>
public sealed class CatalogueTests
{
    public static TheoryData<string> Names => [.. TestModels.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_EveryModelOfTheCatalogue_GivesOutputs(string name)
    {
        using var outputs = PlainRuntime.Run(TestModels.Get(name), TestModels.Get(name).CreateInputs());

        Assert.NotEmpty(outputs);
    }

    [Fact]
    public void Run_Add_Adds()
    {
        using var outputs = PlainRuntime.Run(TestModels.Add, TestModels.Add.CreateInputs());

        Assert.Equal([11f, 22f], outputs.GetTensor("y").ToArray<float>());
    }

    [Fact]
    public void Load_UnknownOperator_Fails() =>
        Assert.Throws<OnnxRuntimeException>(() => new InferenceSession(TestModels.UnknownOperator.Content));

    [Fact]
    public void Run_GatherOutOfRange_Fails() =>
        Assert.Throws<OnnxRuntimeException>(() => PlainRuntime.Run(TestModels.Gather, TestModels.GatherInputs(3)));
}
