using System.Net.Http.Headers;
using EdgeAI.Sources;

namespace EdgeAI.Storage.Sources.Http;

/// <summary>What to ask for.</summary>
/// <param name="Uri">Where.</param>
/// <param name="DisplayName">What to call it in messages: without secrets.</param>
internal sealed record HttpCall(Uri Uri, string DisplayName)
{
    /// <summary>Who asks; sent to the address's own host alone, not to where that one points.</summary>
    public AuthenticationHeaderValue? Authorization { get; init; }

    public RangeHeaderValue? Range { get; init; }

    public RangeConditionHeaderValue? IfRange { get; init; }

    /// <summary>What a refusal means here; null, or a null result, stands for what it means anywhere.</summary>
    public Func<HttpResponseMessage, ModelSourceException?>? Explain { get; init; }
}
