namespace EdgeAI.Samples.Ocr;

/// <summary>What the recogniser reads.</summary>
/// <param name="Text">The text; empty when there is none.</param>
/// <param name="Confidence">The mean probability of its characters, from 0 to 1.</param>
internal readonly record struct RecognizedText(string Text, float Confidence);
