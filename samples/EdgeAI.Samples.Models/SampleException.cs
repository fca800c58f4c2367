namespace EdgeAI.Samples;

/// <summary>Something that the user can put right; the message is the one line that says what and how.</summary>
internal class SampleException(string message, Exception? innerException = null) : Exception(message, innerException);
