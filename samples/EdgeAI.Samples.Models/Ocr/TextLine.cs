using EdgeAI.Samples.Geometry;

namespace EdgeAI.Samples.Ocr;

/// <summary>A line of text that was read.</summary>
/// <param name="Area">Where it is in the picture, as its reader sees it.</param>
/// <param name="Text">What it says.</param>
/// <param name="Confidence">The mean probability of its characters, from 0 to 1.</param>
internal sealed record TextLine(Quad Area, string Text, float Confidence);
