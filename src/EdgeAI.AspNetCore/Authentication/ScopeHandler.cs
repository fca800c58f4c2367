using EdgeAI.AspNetCore.Hosting;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;

namespace EdgeAI.AspNetCore.Authentication;

internal sealed class ScopeHandler : AuthorizationHandler<ScopeRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopeRequirement requirement)
    {
        if (context.User.HasClaim(ApiKeyHandler.ScopeClaim, requirement.Scope)
            || (context.Resource is HttpContext http && ServingInstance.Of(http).Keys.IsEmpty && LocalCaller.Is(http)))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
