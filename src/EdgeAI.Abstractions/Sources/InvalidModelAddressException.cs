namespace EdgeAI.Sources;

/// <summary>A text is not the address of a model.</summary>
public sealed class InvalidModelAddressException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="address">The text, without secrets.</param>
    /// <param name="reason">What is wrong with it, and what to write.</param>
    public InvalidModelAddressException(string address, string reason)
        : base($"'{address}' is not the address of a model: {reason}.") => Address = address;

    /// <summary>The text, without secrets.</summary>
    public string Address { get; }
}
