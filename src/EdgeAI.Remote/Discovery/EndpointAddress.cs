using System.Net;

namespace EdgeAI.Remote.Discovery;

/// <summary>Where a server is.</summary>
/// <param name="Uri">Its address.</param>
/// <param name="Host">Which of the host's addresses; null for whichever the system takes.</param>
internal sealed record EndpointAddress(Uri Uri, IPAddress? Host = null)
{
    public override string ToString() => Host is null ? Uri.GetLeftPart(UriPartial.Path).TrimEnd('/') : $"{Uri.GetLeftPart(UriPartial.Path).TrimEnd('/')} at {Host}";
}
