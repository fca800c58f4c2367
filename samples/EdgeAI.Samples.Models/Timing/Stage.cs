namespace EdgeAI.Samples.Timing;

/// <summary>What time is spent on.</summary>
internal enum Stage
{
    Get,
    Import,
    Load,
    Detect,
    Classify,
    Recognise,
    Listen,
}
