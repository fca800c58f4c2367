namespace EdgeAI.Storage;

/// <summary>A codec failed its self-test in this process: what it would write might not be read back. Nothing was written; what is stored can still be read and is verified as ever.</summary>
public sealed class CodecFailedException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="codec">The number that packs know the codec by.</param>
    /// <param name="version">The version of what it writes.</param>
    public CodecFailedException(byte codec, byte version)
        : base($"Codec {codec}, version {version}, failed its self-test on this machine, so the store does not write. Check that the libraries beside the app are those that it was built with, and the machine's memory; try another machine.")
    {
        Codec = codec;
        Version = version;
    }

    /// <summary>The number that packs know the codec by.</summary>
    public byte Codec { get; }

    /// <summary>The version of what it writes.</summary>
    public byte Version { get; }
}
