namespace EdgeAI.Samples.CommandLine;

/// <summary>What the user wants.</summary>
internal enum SampleCommand
{
    ReadText,
    DetectSpeech,
    DrawSample,
    Help,
}
