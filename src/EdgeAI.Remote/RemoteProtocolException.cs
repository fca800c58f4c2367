namespace EdgeAI.Remote;

/// <summary>A server's answer is not one of the open inference protocol v2. It is inside of the <see cref="Inference.InferenceException"/> or <see cref="Inference.ModelLoadException"/> that the caller gets.</summary>
public sealed class RemoteProtocolException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="endpoint">The server.</param>
    /// <param name="problem">What is wrong with the answer.</param>
    /// <param name="innerException">The failure behind it, or null.</param>
    public RemoteProtocolException(string endpoint, string problem, Exception? innerException = null)
        : base($"{endpoint} gave an answer that is not one of the open inference protocol v2: {problem} Look whether the address and the transport are right, and at the server.", innerException) => Endpoint = endpoint;

    /// <summary>The server.</summary>
    public string Endpoint { get; }
}
