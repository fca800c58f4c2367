using EdgeAI.Inference;
using EdgeAI.Models;

namespace EdgeAI.Abstractions.Tests.Inference;

public sealed class ModelValuesTests
{
    [Fact]
    public void ModelInputs_Filled_GivesBackWhatItGot()
    {
        using var value = TensorValue.Scalar(1f);
        var inputs = new ModelInputs { ["x"] = value };
        inputs.Add("y", value);

        Assert.Equal(2, inputs.Count);
        Assert.Equal(["x", "y"], inputs.Keys);
        Assert.Same(value, inputs["x"]);
        Assert.True(inputs.TryGetValue("y", out var found) && ReferenceEquals(found, value));
        Assert.False(inputs.ContainsKey("X"));
        Assert.Throws<ArgumentException>(() => inputs.Add("x", value));
        Assert.Throws<ArgumentNullException>(() => inputs["x"] = null!);
        Assert.Throws<ArgumentNullException>(() => inputs.Add("z", null!));
        Assert.Throws<KeyNotFoundException>(() => inputs["none"]);
        Assert.Equal(inputs.Values, inputs.Select(input => input.Value));
    }

    [Fact]
    public void ModelOutputs_ByNameAndPlace_GivesItsValues()
    {
        using var outputs = new ModelOutputs(["a", "b"], [TensorValue.Scalar(1f), TensorValue.Scalar(2L)]);

        Assert.Equal(2, outputs.Count);
        Assert.Equal(["a", "b"], outputs.Keys);
        Assert.Equal(2L, outputs.GetTensor("b").Item<long>());
        Assert.Same(outputs["a"], outputs[0]);
        Assert.Equal(outputs.Values, outputs.Select(output => output.Value));
        Assert.True(outputs.ContainsKey("a"));
        Assert.False(outputs.TryGetValue("c", out _));
    }

    [Fact]
    public void ModelOutputs_UnknownName_ListsTheKnown()
    {
        using var outputs = new ModelOutputs(["boxes", "scores"], [TensorValue.Scalar(1f), OptionalValue.None]);

        var exception = Assert.Throws<KeyNotFoundException>(() => outputs["box"]);

        Assert.Contains("'box'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("boxes, scores", exception.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => outputs.GetTensor("scores"));
    }

    [Fact]
    public void ModelOutputs_NamesWithoutValues_AreRefused() =>
        Assert.Throws<ArgumentException>(() => new ModelOutputs(["a", "b"], [TensorValue.Scalar(1f)]));

    [Fact]
    public void Dispose_OfOutputs_ReachesEveryValue()
    {
        var owners = Enumerable.Range(0, 4).Select(_ => new CountingMemory()).ToArray();
        var outputs = new ModelOutputs(
            ["tensor", "sequence", "map"],
            [
                owners[0].ToTensor(),
                new SequenceValue([owners[1].ToTensor()]),
                new MapValue(owners[2].ToTensor(), owners[3].ToTensor()),
            ]);

        outputs.Dispose();

        Assert.All(owners, owner => Assert.Equal(1, owner.Disposals));
    }

    [Fact]
    public void MapValue_OfKeysAndValues_IsADictionary()
    {
        using var map = new MapValue(TensorValue.Create(new[] { "a", "b" }, 2), TensorValue.Create(new[] { 1f, 2f }, 2));

        Assert.Equal(new Dictionary<string, float> { ["a"] = 1, ["b"] = 2 }, map.ToDictionary<string, float>());
        Assert.Throws<InvalidOperationException>(map.ToDictionary<long, float>);
        Assert.Throws<ArgumentException>(() => new MapValue(map.Keys, TensorValue.Scalar(1f)));
    }

    [Fact]
    public void SequenceValue_OfValues_IsAList()
    {
        using var sequence = new SequenceValue([TensorValue.Scalar(1f), TensorValue.Scalar(2f)]);

        Assert.Equal(ModelValueKind.Sequence, sequence.Kind);
        Assert.Equal(2, sequence.Count);
        Assert.Equal([1f, 2f], sequence.Select(value => value.AsTensor().Item<float>()));
        Assert.Equal(2f, sequence[1].AsTensor().Item<float>());
    }

    [Fact]
    public void OptionalValue_None_IsNothing()
    {
        OptionalValue.None.Dispose();

        Assert.Equal(ModelValueKind.Optional, OptionalValue.None.Kind);
        Assert.Throws<InvalidOperationException>(OptionalValue.None.AsTensor);
    }
}
