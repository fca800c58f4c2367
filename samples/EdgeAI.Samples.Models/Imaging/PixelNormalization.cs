namespace EdgeAI.Samples.Imaging;

/// <summary>Turns bytes of pixels into the planes of floats that a vision model was trained on: (x / 255 - mean) / deviation.</summary>
internal sealed class PixelNormalization
{
    private const int Levels = 256;
    private const int BytesPerPixel = 4;

    private readonly float[][] _tables;

    /// <param name="mean">The mean of each plane, in the order that the model wants its planes in.</param>
    /// <param name="deviation">The standard deviation of each plane.</param>
    public PixelNormalization(ReadOnlySpan<float> mean, ReadOnlySpan<float> deviation)
    {
        _tables = new float[mean.Length][];
        for (var plane = 0; plane < mean.Length; plane++)
        {
            _tables[plane] = CreateTable(mean[plane], deviation[plane]);
        }
    }

    /// <summary>Values from -1 to 1.</summary>
    public static PixelNormalization Symmetric { get; } = new([0.5f, 0.5f, 0.5f], [0.5f, 0.5f, 0.5f]);

    /// <summary>Writes the planes of a picture into a tensor whose rows may be longer than the picture's; what is beyond is left as it is.</summary>
    /// <param name="pixels">Blue, green, red and alpha, row by row.</param>
    /// <param name="width">The width of the picture.</param>
    /// <param name="tensor">Planes of rows.</param>
    /// <param name="tensorWidth">The length of a row in the tensor.</param>
    public void Write(ReadOnlySpan<byte> pixels, int width, Span<float> tensor, int tensorWidth)
    {
        var height = pixels.Length / (width * BytesPerPixel);
        for (var plane = 0; plane < _tables.Length; plane++)
        {
            for (var y = 0; y < height; y++)
            {
                var row = pixels.Slice(y * width * BytesPerPixel, width * BytesPerPixel);
                WriteRow(row[plane..], _tables[plane], tensor.Slice(((plane * height) + y) * tensorWidth, width));
            }
        }
    }

    private static void WriteRow(ReadOnlySpan<byte> pixels, float[] table, Span<float> row)
    {
        for (var x = 0; x < row.Length; x++)
        {
            row[x] = table[pixels[x * BytesPerPixel]];
        }
    }

    private static float[] CreateTable(float mean, float deviation)
    {
        var table = new float[Levels];
        for (var level = 0; level < Levels; level++)
        {
            table[level] = ((level / 255f) - mean) / deviation;
        }

        return table;
    }
}
