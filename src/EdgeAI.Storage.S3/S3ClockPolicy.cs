using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace EdgeAI.Storage.S3;

/// <summary>Lets the SDK try again what its base finds to fail for a wrong clock, and nothing else: all other failures are tried again by <see cref="S3Requests"/>, at another endpoint.</summary>
internal sealed class S3ClockPolicy() : StandardRetryPolicy(maxRetries: 1)
{
    private volatile string? _endpoint;

    /// <summary>What the SDK knows the clock of by: the endpoint that answered last; null before any has.</summary>
    public string? Endpoint => _endpoint;

    public override void NotifySuccess(IExecutionContext executionContext) => _endpoint = executionContext.RequestContext.Request.Endpoint.ToString();

    public override bool RetryForException(IExecutionContext executionContext, Exception exception) => false;

    public override Task<bool> RetryForExceptionAsync(IExecutionContext executionContext, Exception exception) => Task.FromResult(false);

    public override Task WaitBeforeRetryAsync(IExecutionContext executionContext) => Task.CompletedTask;
}
