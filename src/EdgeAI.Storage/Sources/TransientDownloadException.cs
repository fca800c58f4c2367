namespace EdgeAI.Storage.Sources;

/// <summary>An attempt failed in a way that another one may not.</summary>
/// <param name="reason">What happened.</param>
/// <param name="after">When the server wants to be asked again; null when it did not say.</param>
/// <param name="innerException">The failure behind it, or null.</param>
internal sealed class TransientDownloadException(string reason, TimeSpan? after = null, Exception? innerException = null) : Exception(reason, innerException)
{
    public TimeSpan? After => after;
}
