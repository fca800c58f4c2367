using EdgeAI.AspNetCore.Hosting;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.AspNetCore.Authorization;
using GrpcHealth = Grpc.Health.V1.Health;

namespace EdgeAI.AspNetCore.Grpc;

/// <summary>The health of the server as gRPC's own health protocol gives it.</summary>
[AllowAnonymous]
internal sealed class HealthService : GrpcHealth.HealthBase
{
    private const string InferenceName = "inference.GRPCInferenceService";

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) => IsKnown(request)
        ? Task.FromResult(new HealthCheckResponse { Status = StatusOf(context) })
        : throw new RpcException(new Status(StatusCode.NotFound, $"There is no service '{request.Service}'; '{InferenceName}' and the whole server have a health."));

    // It ends with the server: a watcher that has nothing to do must not hold up the server's stop.
    public override async Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        var instance = ServingInstance.Of(context.GetHttpContext());
        using var timer = new PeriodicTimer(LookEvery, instance.Time);
        HealthCheckResponse.Types.ServingStatus? last = null;
        bool isStopping;
        do
        {
            isStopping = instance.Health.Stopping.IsCancellationRequested;
            var status = IsKnown(request) ? StatusOf(context) : HealthCheckResponse.Types.ServingStatus.ServiceUnknown;
            if (status != last)
            {
                await responseStream.WriteAsync(new HealthCheckResponse { Status = status }, context.CancellationToken).ConfigureAwait(false);
                last = status;
            }
        }
        while (!isStopping && await WaitAsync(timer, instance.Health.Stopping, context.CancellationToken).ConfigureAwait(false));
    }

    private static async ValueTask<bool> WaitAsync(PeriodicTimer timer, CancellationToken stopping, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
        try
        {
            return await timer.WaitForNextTickAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return true;
        }
    }

    private static bool IsKnown(HealthCheckRequest request) => request.Service is "" or InferenceName;

    private static HealthCheckResponse.Types.ServingStatus StatusOf(ServerCallContext context) => ServingInstance.Of(context.GetHttpContext()).Health.IsReady
        ? HealthCheckResponse.Types.ServingStatus.Serving
        : HealthCheckResponse.Types.ServingStatus.NotServing;
}
