namespace EdgeAI.Models;

/// <summary>A file was given as a model and is not one: of another format, cut short, or damaged. Nothing of it was kept.</summary>
public class InvalidModelException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="file">The file, as the caller named it.</param>
    /// <param name="reason">What is wrong with it.</param>
    /// <param name="offset">Where in the file, in bytes from its start; null where no single place is to blame.</param>
    /// <param name="innerException">The failure behind it, or null.</param>
    public InvalidModelException(string file, string reason, long? offset = null, Exception? innerException = null)
        : base($"'{file}' is not a usable model: {reason}{(offset is null ? string.Empty : $" (at byte {offset})")}. "
            + "Get the file again or export it again; nothing was imported.", innerException)
    {
        File = file;
        Offset = offset;
    }

    /// <summary>Makes the exception with a message of its own.</summary>
    /// <param name="file">The file, as the caller named it.</param>
    /// <param name="message">The whole message.</param>
    protected InvalidModelException(string file, string message)
        : base(message) => File = file;

    /// <summary>The file, as the caller named it.</summary>
    public string File { get; }

    /// <summary>Where in the file, in bytes from its start; null where no single place is to blame.</summary>
    public long? Offset { get; }
}
