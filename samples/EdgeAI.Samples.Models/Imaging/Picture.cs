using System.Numerics;
using EdgeAI.Samples.Geometry;
using SkiaSharp;

namespace EdgeAI.Samples.Imaging;

/// <summary>A decoded picture, upright and opaque.</summary>
internal sealed class Picture : IDisposable
{
    private const long MaxPixels = 100_000_000;

    private static readonly SKSamplingOptions Smooth = new(SKFilterMode.Linear, SKMipmapMode.Linear);

    private readonly SKImage _image;

    private Picture(SKImage image) => _image = image;

    public int Width => _image.Width;

    public int Height => _image.Height;

    /// <summary>Reads a picture file.</summary>
    /// <exception cref="SampleException">There is no such file, it is not a picture, or it is too large.</exception>
    public static Picture Open(string path)
    {
        if (!File.Exists(path))
        {
            throw new SampleException($"There is no file '{path}'. Check the path; --help says what goes.");
        }

        using var data = SKData.Create(path);
        return Decode(data, path);
    }

    /// <summary>Reads a picture that somebody sent.</summary>
    /// <param name="stream">What was sent.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <exception cref="SampleException">It is not a picture, or it is too large.</exception>
    public static Picture Read(Stream stream, string name)
    {
        using var data = SKData.Create(stream);
        return Decode(data, name);
    }

    /// <summary>
    /// Pixels of a part of the picture, at any angle, scaled to a size: blue, green, red and alpha, row by row. Where the part reaches
    /// beyond the picture, the edge goes on.
    /// </summary>
    public byte[] Sample(Quad part, int width, int height)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Bgra8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(bitmap);
        using var shader = _image.ToShader(SKShaderTileMode.Clamp, SKShaderTileMode.Clamp, Smooth, MapOnto(part, width, height));
        using var paint = new SKPaint { Shader = shader };
        canvas.DrawPaint(paint);
        return bitmap.Bytes;
    }

    /// <summary>A copy to draw on.</summary>
    public SKBitmap ToBitmap() => SKBitmap.FromImage(_image);

    public void Dispose() => _image.Dispose();

    private static Picture Decode(SKData? data, string name)
    {
        using var codec = data is null ? null : SKCodec.Create(data);
        if (codec is null)
        {
            throw new SampleException($"'{name}' is not a picture that can be read. Give a PNG, JPEG, WebP, GIF or BMP file.");
        }

        if ((long)codec.Info.Width * codec.Info.Height > MaxPixels)
        {
            throw new SampleException($"'{name}' has {codec.Info.Width} x {codec.Info.Height} pixels, more than 100 million. Scale it down first.");
        }

        return Decode(codec, name);
    }

    private static Picture Decode(SKCodec codec, string path)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Bgra8888, SKAlphaType.Premul));
        var result = codec.GetPixels(bitmap.Info, bitmap.GetPixels());
        if (result is not (SKCodecResult.Success or SKCodecResult.IncompleteInput))
        {
            throw new SampleException($"The picture '{path}' is damaged ({result}). Get it again.");
        }

        return new Picture(Orientation.Apply(bitmap, codec.EncodedOrigin));
    }

    // A picture's own matrix says where its pixels land; a part's corners are given the other way round, hence the inversion.
    private static SKMatrix MapOnto(Quad part, int width, int height)
    {
        var right = (part.TopRight - part.TopLeft) / width;
        var down = (part.BottomLeft - part.TopLeft) / height;
        var toPicture = new Matrix3x2(right.X, right.Y, down.X, down.Y, part.TopLeft.X, part.TopLeft.Y);
        Matrix3x2.Invert(toPicture, out var m);
        return new SKMatrix(m.M11, m.M21, m.M31, m.M12, m.M22, m.M32, 0, 0, 1);
    }
}
