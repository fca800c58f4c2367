using System.Security.Claims;
using System.Text.Encodings.Web;
using EdgeAI.AspNetCore.Hosting;
using EdgeAI.AspNetCore.Protocol;
using EdgeAI.AspNetCore.Rest;
using Grpc.Core;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EdgeAI.AspNetCore.Authentication;

/// <summary>Knows callers by the key that they show in <c>Authorization: Bearer</c> or <c>X-Api-Key</c>.</summary>
internal sealed class ApiKeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "EdgeAI.ApiKey";
    public const string ScopeClaim = "edgeai:scope";

    private const string HeaderName = "X-Api-Key";
    private const string Bearer = "Bearer ";

    private static readonly Task<AuthenticateResult> Nobody = Task.FromResult(AuthenticateResult.NoResult());

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var keys = ServingInstance.Of(Context).Keys;
        if (keys.IsEmpty || Shown() is not { } shown)
        {
            return Nobody;
        }

        if (keys.Find(shown) is not { } key)
        {
            return Task.FromResult(AuthenticateResult.Fail("The key is not known."));
        }

        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, key.Name), .. key.Scopes.Select(scope => new Claim(ScopeClaim, scope))], SchemeName);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var failure = new Failure(
            StatusCodes.Status401Unauthorized,
            StatusCode.Unauthenticated,
            ServingInstance.Of(Context).Keys.IsEmpty
                ? "The server has no keys and serves programs on its own machine alone; configure EdgeAI:Serving:ApiKeys."
                : "Show a key: 'Authorization: Bearer KEY' or 'X-Api-Key: KEY'.");
        return WriteAsync(failure, () => Response.Headers.WWWAuthenticate = "Bearer");
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        WriteAsync(new Failure(StatusCodes.Status403Forbidden, StatusCode.PermissionDenied, "The key does not open this; it lacks the scope."), static () => { });

    private Task WriteAsync(Failure failure, Action setHeaders) => RestHandler.WriteErrorAsync(Context, failure, setHeaders);
    private string? Shown()
    {
        if (Request.Headers.TryGetValue(HeaderName, out var header) && header is [{ Length: > 0 } key])
        {
            return key;
        }

        return Request.Headers.Authorization is [{ } authorization] && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? authorization[Bearer.Length..].Trim()
            : null;
    }
}
