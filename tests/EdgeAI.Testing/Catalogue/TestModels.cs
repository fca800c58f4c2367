using EdgeAI.Inference;
using EdgeAI.Testing.Onnx;

namespace EdgeAI.Testing.Catalogue;

/// <summary>Small models, one for every shape that a model can take. Those in <see cref="All"/> load and run in ONNX Runtime on the CPU.</summary>
public static partial class TestModels
{
    private static readonly Lazy<IReadOnlyDictionary<string, TestModel>> ByName = new(() =>
        Elements().Concat(Networks()).Concat(Values()).Concat(ControlFlow()).Concat(Initializers()).Concat(ExternalFiles()).Concat(Batches())
            .ToDictionary(model => model.Name));

    /// <summary>Every model that loads and runs.</summary>
    public static IEnumerable<TestModel> All => ByName.Value.Values;

    /// <summary>The names of <see cref="All"/>, for theories.</summary>
    public static IEnumerable<string> Names => ByName.Value.Keys;

    /// <summary>A model by its name.</summary>
    public static TestModel Get(string name) => ByName.Value[name];

    private static OnnxModelBuilder Model(Action<OnnxGraph> define)
    {
        var builder = new OnnxModelBuilder();
        define(builder.Graph);
        return builder;
    }

    private static ModelInputs Inputs(string name, ModelValue value) => new() { [name] = value };

    private static OnnxTensor Weight(string name, int seed, params long[] dimensions) =>
        OnnxTensor.Create(name, SeededRandom.Floats(seed, (int)dimensions.Aggregate(1L, (count, size) => count * size)), dimensions);
}
