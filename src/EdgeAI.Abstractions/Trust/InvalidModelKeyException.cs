namespace EdgeAI.Trust;

/// <summary>What was given as a key to sign models with, or to check their signatures, is none.</summary>
public sealed class InvalidModelKeyException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="source">What was given; never the key itself.</param>
    /// <param name="reason">What is wrong with it.</param>
    /// <param name="innerException">The failure behind it, or null.</param>
    public InvalidModelKeyException(string source, string reason, Exception? innerException = null)
        : base($"{source} can't be used as a key: {reason}. Models are signed with ECDSA over P-256 ('openssl ecparam -name prime256v1 -genkey').", innerException)
    {
    }
}
