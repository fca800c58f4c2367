using EdgeAI.Inference;
using EdgeAI.Testing.Onnx;

namespace EdgeAI.Testing.Catalogue;

public static partial class TestModels
{
    /// <summary>The element types, besides strings, that ONNX Runtime has an Identity for on the CPU.</summary>
    public static IReadOnlyList<ElementType> NumericElementTypes { get; } =
    [
        ElementType.Float32, ElementType.Float64, ElementType.Float16, ElementType.BFloat16, ElementType.Bool,
        ElementType.Int8, ElementType.Int16, ElementType.Int32, ElementType.Int64,
        ElementType.UInt8, ElementType.UInt16, ElementType.UInt32, ElementType.UInt64,
    ];

    /// <summary>The element types that ONNX Runtime takes only inside a graph: its C# interface cannot name them.</summary>
    public static IReadOnlyList<ElementType> InnerElementTypes { get; } =
        [ElementType.Int4, ElementType.UInt4, ElementType.Float8E4M3FN, ElementType.Float8E4M3FNUZ, ElementType.Float8E5M2, ElementType.Float8E5M2FNUZ];

    /// <summary>y = x for a tensor of six elements.</summary>
    public static TestModel Identity(ElementType type) =>
        new($"identity-{type.ToDisplayName()}", () => IdentityModel(type, 2, 3), () => Inputs("x", SampleOf(type)));

    /// <summary>
    /// Widens a tensor of seven elements. Not in <see cref="All"/>: ONNX Runtime's C# interface loads no model with such an input.
    /// </summary>
    public static TestModel Widen(ElementType type) => new(
        $"widen-{type.ToDisplayName()}",
        () => Model(graph => graph
            .Input("x", OnnxType.Tensor(type, 7))
            .Output("y", OnnxType.Tensor(ElementType.Float32, 7))
            .Node("Cast", ["x"], ["y"], node => node.With("to", (long)ElementType.Float32))),
        () => Inputs("x", TensorValue.FromBytes(type, SeededRandom.Bytes((int)type, (int)type.GetByteCount(7)), 7)));

    private static IEnumerable<TestModel> Elements() =>
    [
        .. NumericElementTypes.Select(Identity),
        new("identity-string", () => IdentityModel(ElementType.String, 2, 3), StringInputs),
        new("identity-scalar", () => IdentityModel(ElementType.Float32), () => Inputs("x", TensorValue.Scalar(1.5f))),
        new("identity-empty", () => IdentityModel(ElementType.Float32, "n", 3), () => Inputs("x", TensorValue.Create(Array.Empty<float>(), 0, 3))),
        new("identity-unicode-names", UnicodeNames, () => Inputs("entrée ✓ 入力", TensorValue.Create(new float[] { 1, 2 }, 2))),
    ];

    private static OnnxModelBuilder IdentityModel(ElementType type, params OnnxDimension[] shape) => Model(graph => graph
        .Input("x", OnnxType.Tensor(type, shape))
        .Output("y", OnnxType.Tensor(type, shape))
        .Node("Identity", ["x"], ["y"]));

    private static OnnxModelBuilder UnicodeNames() => Model(graph => graph
            .Input("entrée ✓ 入力", OnnxType.Tensor(ElementType.Float32, 2))
            .Output("wynik/ß", OnnxType.Tensor(ElementType.Float32, 2))
            .Node("Neg", ["entrée ✓ 入力"], ["wynik/ß"]))
        .Metadata("description", "modèle 模型");

    private static TensorValue SampleOf(ElementType type) => type switch
    {
        // Bytes of any value are no booleans, and floats of any bits may be signalling NaNs, which a copy may quieten.
        ElementType.Bool => TensorValue.Create(new[] { true, false, true, true, false, false }, 2, 3),
        ElementType.Float32 => TensorValue.Create(new[] { 0f, -0f, float.MaxValue, float.Epsilon, float.NegativeInfinity, 1.5f }, 2, 3),
        ElementType.Float64 => TensorValue.Create(new[] { 0, -0d, double.MaxValue, double.Epsilon, double.NegativeInfinity, 1.5 }, 2, 3),
        _ => TensorValue.FromBytes(type, SeededRandom.Bytes((int)type, (int)type.GetByteCount(6)), 2, 3),
    };

    private static ModelInputs StringInputs() =>
        Inputs("x", TensorValue.Create(new[] { "plain", string.Empty, "zażółć", "模型", "🙂", "a\nb" }, 2, 3));
}
