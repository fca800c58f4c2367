namespace EdgeAI.Samples.Voice;

/// <summary>A file is not a WAV file that can be read.</summary>
internal sealed class InvalidWavException(string path, string reason)
    : SampleException($"'{path}' cannot be read as WAV: {reason}. Give a WAV file with PCM samples of 8, 16, 24 or 32 bits, or 32-bit floats.")
{
    /// <summary>The file.</summary>
    public string Path { get; } = path;
}
