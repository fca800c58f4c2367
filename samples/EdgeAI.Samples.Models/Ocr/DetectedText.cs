using EdgeAI.Samples.Geometry;

namespace EdgeAI.Samples.Ocr;

/// <summary>A place where the detector sees a line of text.</summary>
/// <param name="Area">Where, in pixels of the picture.</param>
/// <param name="Score">How sure the detector is, from 0 to 1.</param>
internal readonly record struct DetectedText(Quad Area, float Score);
