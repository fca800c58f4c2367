using EdgeAI.Samples.CommandLine;
using EdgeAI.Samples.Display;
using EdgeAI.Samples.Imaging;
using SkiaSharp;

namespace EdgeAI.Samples.Commands;

/// <summary>Draws the sample picture anew: <c>draw-sample FILE --font FONT</c>, with a font that has Chinese, such as Noto Serif CJK.</summary>
internal static class DrawSampleCommand
{
    public static Task RunAsync(SampleArguments arguments, IDisplay display)
    {
        var path = arguments.Input ?? throw new SampleException("draw-sample wants the file to write after it.");
        var font = arguments.Font ?? throw new SampleException("draw-sample wants --font and a font file that has Chinese characters.");
        using var typeface = SKTypeface.FromFile(font)
            ?? throw new SampleException($"'{font}' is not a font file that can be read. Give a TTF, OTF or TTC file.");
        new SampleDrawing(typeface).Save(path);
        display.WriteLine($"Drawn: {Path.GetFullPath(path)}");
        return Task.CompletedTask;
    }
}
