using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Remote.Balancing;
using EdgeAI.Remote.Configuration;
using EdgeAI.Remote.Discovery;
using EdgeAI.Remote.Protocol;
using EdgeAI.Remote.Resilience;
using EdgeAI.Remote.Transports;
using EdgeAI.Remote.Transports.Grpc;
using EdgeAI.Remote.Transports.Rest;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Remote.Running;

/// <summary>A cluster of inference servers as one device.</summary>
internal sealed class RemoteClusterProvider : IRemoteExecutionProvider, IAsyncDisposable, IDisposable
{
    /// <summary>The device's id, behind the cluster's name.</summary>
    public const string DeviceId = "remote";

    private readonly RemoteClusterOptions _options;
    private readonly TimeProvider _time;
    private readonly Connections _connections;
    private readonly EndpointPool _pool;
    private readonly RemoteCaller _caller;
    private int _isDisposed;

    public RemoteClusterProvider(string name, RemoteClusterOptions options, EndpointFinder finder, TimeProvider time, ILogger logger)
    {
        Name = name;
        _options = options;
        _time = time;
        _connections = new Connections(options);
        _pool = new EndpointPool(name, options, finder, Connect, time, logger);
        _caller = new RemoteCaller(_pool, options, time);
        Devices = [new ExecutionDevice(name, DeviceKind.Remote, DeviceId, $"The cluster '{name}' ({(options.Transport == RemoteTransport.Grpc ? "gRPC" : "REST")})")];
    }

    public string Name { get; }

    public IReadOnlyList<ExecutionDevice> Devices { get; }

    /// <summary>The endpoints as they are now.</summary>
    public IReadOnlyList<Endpoint> Endpoints => _pool.Endpoints;

    public string? FindProblem(ExecutionDevice device) => _pool.Problem;

    public async ValueTask<IModelSession> CreateSessionAsync(RemoteModel model, ExecutionDevice device, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(device);
        RequireTensors(model, device);
        await _pool.WaitAsync(cancellationToken).ConfigureAwait(false);
        var name = RemoteModelName.Of(model, _options);
        try
        {
            var description = await DescribeAsync(name, cancellationToken).ConfigureAwait(false);
            if (model.Signature is { } known && description.FindDifference(known) is { } difference)
            {
                throw new ModelLoadException(model.Reference.ToString(), device.ToString(), $"What the cluster has as {name} is another model: {difference}.");
            }

            var isStateful = RemoteModelName.Find(model.Reference, _options)?.IsStateful ?? false;
            return new RemoteSession(model.Reference, name, model.Signature ?? description.ToSignature(), device, _caller, isStateful, _time);
        }
        catch (RemoteCallException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw RemoteExceptions.OfLoad(model.Reference, device, name, exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // A container knows it under two types, and ends it for each.
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _pool.DisposeAsync().ConfigureAwait(false);
        _connections.Dispose();
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private static void RequireTensors(RemoteModel model, ExecutionDevice device)
    {
        if (model.Signature is { } signature
            && signature.Inputs.Concat(signature.Outputs).FirstOrDefault(value => value.Type.Kind != ModelValueKind.Tensor || TensorTypes.NameOf(value.Type.ElementType!.Value) is null) is { } other)
        {
            throw new ModelLoadException(model.Reference.ToString(), device.ToString(), $"'{other}' can't go over the open inference protocol, which has tensors alone, and not of this type.");
        }
    }

    private async Task<RemoteDescription> DescribeAsync(RemoteModelName name, CancellationToken cancellationToken)
    {
        try
        {
            return await _caller.CallAsync(new RemoteRun(name, false, null), (transport, token) => transport.DescribeAsync(name, token), cancellationToken).ConfigureAwait(false);
        }
        catch (RemoteCallException exception) when (_options.LoadModels && exception.Kind is RemoteFailure.Missing or RemoteFailure.Busy or RemoteFailure.Refused)
        {
            // Each endpoint has its own models: all that are well are told.
            await Task.WhenAll(_pool.Endpoints.Where(endpoint => endpoint.Problem is null).Select(endpoint => endpoint.Transport.LoadAsync(name, cancellationToken).AsTask())).ConfigureAwait(false);
            return await _caller.CallAsync(new RemoteRun(name, false, null), (transport, token) => transport.DescribeAsync(name, token), cancellationToken).ConfigureAwait(false);
        }
    }

    private IInferenceTransport Connect(EndpointAddress address) => _options.Transport == RemoteTransport.Grpc
        ? new GrpcTransport(address, _connections, _options, _time)
        : new RestTransport(address, _connections, _options);
}
