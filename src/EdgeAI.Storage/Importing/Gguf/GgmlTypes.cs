using EdgeAI.Inference;

namespace EdgeAI.Storage.Importing.Gguf;

/// <summary>How the tensor types of ggml are written. Source: <c>ggml_type</c> in <c>ggml.h</c>, and the blocks in <c>ggml-common.h</c>.</summary>
internal static class GgmlTypes
{
    // Blocks of the "k" and "i" types hold this many elements, those of the older types 32.
    private const int SuperBlock = 256;

    /// <summary>The encoding of a type; unknown for numbers that are free, withdrawn or newer than this library.</summary>
    public static TensorEncoding Find(uint type) => type switch
    {
        0 => TensorEncoding.Of(ElementType.Float32),
        1 => TensorEncoding.Of(ElementType.Float16),
        2 => Block("q4_0", 18, 32),
        3 => Block("q4_1", 20, 32),
        6 => Block("q5_0", 22, 32),
        7 => Block("q5_1", 24, 32),
        8 => Block("q8_0", 34, 32),
        9 => Block("q8_1", 36, 32),
        10 => Block("q2_k", 84, SuperBlock),
        11 => Block("q3_k", 110, SuperBlock),
        12 => Block("q4_k", 144, SuperBlock),
        13 => Block("q5_k", 176, SuperBlock),
        14 => Block("q6_k", 210, SuperBlock),
        15 => Block("q8_k", 292, SuperBlock),
        16 => Block("iq2_xxs", 66, SuperBlock),
        17 => Block("iq2_xs", 74, SuperBlock),
        18 => Block("iq3_xxs", 98, SuperBlock),
        19 => Block("iq1_s", 50, SuperBlock),
        20 => Block("iq4_nl", 18, 32),
        21 => Block("iq3_s", 110, SuperBlock),
        22 => Block("iq2_s", 82, SuperBlock),
        23 => Block("iq4_xs", 136, SuperBlock),
        24 => TensorEncoding.Of(ElementType.Int8),
        25 => TensorEncoding.Of(ElementType.Int16),
        26 => TensorEncoding.Of(ElementType.Int32),
        27 => TensorEncoding.Of(ElementType.Int64),
        28 => TensorEncoding.Of(ElementType.Float64),
        29 => Block("iq1_m", 56, SuperBlock),
        30 => TensorEncoding.Of(ElementType.BFloat16),
        34 => Block("tq1_0", 54, SuperBlock),
        35 => Block("tq2_0", 66, SuperBlock),
        39 => Block("mxfp4", 17, 32),
        _ => TensorEncoding.Unknown($"ggml:{type}"),
    };

    private static TensorEncoding Block(string name, int bytes, int elements) => new(name, bytes, elements, null);
}
