namespace EdgeAI;

/// <summary>
/// The root of every exception that EdgeAI throws on purpose. The message says what was wrong, with which input, and what to do;
/// the derived types carry the same facts as data.
/// </summary>
/// <remarks>A cancelled call throws <see cref="OperationCanceledException"/> with the caller's token instead.</remarks>
public class EdgeAIException : Exception
{
    /// <summary>Makes an exception with a message and, where there is one, the failure behind it.</summary>
    /// <param name="message">What was wrong, with which input, and what to do.</param>
    /// <param name="innerException">The failure that led here, or null.</param>
    public EdgeAIException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
