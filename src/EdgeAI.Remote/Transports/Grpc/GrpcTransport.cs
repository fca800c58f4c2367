using EdgeAI.OpenInference.Protocol;
using EdgeAI.Remote.Configuration;
using EdgeAI.Remote.Discovery;
using EdgeAI.Remote.Protocol;
using Grpc.Core;
using Grpc.Net.Client;

namespace EdgeAI.Remote.Transports.Grpc;

/// <summary>The protocol over gRPC.</summary>
internal sealed class GrpcTransport : IInferenceTransport
{
    private readonly GrpcChannel _channel;
    private readonly GRPCInferenceService.GRPCInferenceServiceClient _client;
    private readonly Metadata? _headers;
    private readonly TimeProvider _time;

    public GrpcTransport(EndpointAddress address, Connections connections, RemoteClusterOptions options, TimeProvider time)
    {
        _time = time;
        _headers = connections.KeyHeader is var (name, value) ? new Metadata { { name, value } } : null;
        _channel = GrpcChannel.ForAddress(address.Uri, new GrpcChannelOptions
        {
            HttpHandler = connections.CreateHandler(address),
            DisposeHttpClient = true,
            MaxReceiveMessageSize = (int)options.MaxResponseBytes,
            MaxSendMessageSize = null,
            MaxRetryAttempts = 1,
        });
        _client = new GRPCInferenceService.GRPCInferenceServiceClient(_channel);
    }

    public async ValueTask<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        var answer = await CallAsync(_client.ServerReadyAsync(new ServerReadyRequest(), Options(null, cancellationToken)), cancellationToken).ConfigureAwait(false);
        return answer.Ready;
    }

    public async ValueTask<RemoteDescription> DescribeAsync(RemoteModelName model, CancellationToken cancellationToken)
    {
        var request = new ModelMetadataRequest { Name = model.Name, Version = model.Version };
        var answer = await CallAsync(_client.ModelMetadataAsync(request, Options(null, cancellationToken)), cancellationToken).ConfigureAwait(false);
        return new RemoteDescription([.. answer.Inputs.Select(InfoOf)], [.. answer.Outputs.Select(InfoOf)]);
    }

    public async ValueTask LoadAsync(RemoteModelName model, CancellationToken cancellationToken)
    {
        var request = new RepositoryModelLoadRequest { ModelName = model.Name };
        await CallAsync(_client.RepositoryModelLoadAsync(request, Options(null, cancellationToken)), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<InferReply> InferAsync(InferRequest request, TimeSpan? left, CancellationToken cancellationToken)
    {
        var answer = await CallAsync(_client.ModelInferAsync(GrpcMessages.Write(request, left), Options(left, cancellationToken)), cancellationToken).ConfigureAwait(false);
        return GrpcMessages.Read(answer);
    }

    public void Dispose() => _channel.Dispose();

    private static RemoteTensorInfo InfoOf(ModelMetadataResponse.Types.TensorMetadata tensor) => new(tensor.Name, tensor.Datatype, tensor.Shape);

    private CallOptions Options(TimeSpan? left, CancellationToken cancellationToken) =>
        new(_headers, left is { } time ? _time.GetUtcNow().UtcDateTime + time : null, cancellationToken);

    private static async Task<T> CallAsync<T>(AsyncUnaryCall<T> call, CancellationToken cancellationToken)
    {
        using (call)
        {
            try
            {
                return await call.ResponseAsync.ConfigureAwait(false);
            }
            catch (RpcException exception)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw GrpcFailures.Of(exception);
            }
        }
    }
}
