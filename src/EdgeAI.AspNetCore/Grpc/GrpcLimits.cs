using EdgeAI.AspNetCore.Configuration;
using Grpc.AspNetCore.Server;
using Microsoft.Extensions.Options;

namespace EdgeAI.AspNetCore.Grpc;

/// <summary>Sets how long messages may be. Of several instances the default one's limits count.</summary>
internal sealed class GrpcLimits(IOptionsMonitor<ServingOptions> options) : IConfigureOptions<GrpcServiceOptions<InferenceService>>
{
    public void Configure(GrpcServiceOptions<InferenceService> grpc)
    {
        grpc.MaxReceiveMessageSize = (int)options.CurrentValue.Limits.MaxBodyBytes;
        grpc.MaxSendMessageSize = null;
    }
}
