using EdgeAI.AspNetCore.Configuration;
using EdgeAI.AspNetCore.Hosting;
using EdgeAI.AspNetCore.Protocol;
using EdgeAI.OpenInference.Protocol;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Logging;

namespace EdgeAI.AspNetCore.Grpc;

/// <summary>The open inference protocol over gRPC.</summary>
internal sealed partial class InferenceService(ILogger<InferenceService> logger) : GRPCInferenceService.GRPCInferenceServiceBase
{
    [AllowAnonymous]
    public override Task<ServerLiveResponse> ServerLive(ServerLiveRequest request, ServerCallContext context) => Task.FromResult(new ServerLiveResponse { Live = true });

    [AllowAnonymous]
    public override Task<ServerReadyResponse> ServerReady(ServerReadyRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerReadyResponse { Ready = InstanceOf(context).Health.IsReady });

    [Authorize(Policy = ServingPolicies.Infer)]
    public override Task<ServerMetadataResponse> ServerMetadata(ServerMetadataRequest request, ServerCallContext context)
    {
        var response = new ServerMetadataResponse { Name = InstanceOf(context).Options.ServerName, Version = ServerIdentity.Version };
        response.Extensions.AddRange(ServerIdentity.Extensions);
        return Task.FromResult(response);
    }

    [Authorize(Policy = ServingPolicies.Infer)]
    public override Task<ModelReadyResponse> ModelReady(ModelReadyRequest request, ServerCallContext context) => AnswerAsync(context, async (instance, cancellationToken) =>
        new ModelReadyResponse { Ready = await instance.Descriptions.IsReadyAsync(request.Name, VersionOf(request.Version), cancellationToken).ConfigureAwait(false) });

    [Authorize(Policy = ServingPolicies.Infer)]
    public override Task<ModelMetadataResponse> ModelMetadata(ModelMetadataRequest request, ServerCallContext context) => AnswerAsync(context, async (instance, cancellationToken) =>
    {
        var model = await instance.Descriptions.DescribeAsync(request.Name, VersionOf(request.Version), cancellationToken).ConfigureAwait(false);
        var response = new ModelMetadataResponse { Name = model.Reference.Name, Platform = model.Platform };
        response.Versions.AddRange(model.Versions);
        response.Inputs.AddRange(model.Signature.Inputs.Select(GrpcMessages.Describe));
        response.Outputs.AddRange(model.Signature.Outputs.Select(GrpcMessages.Describe));
        return response;
    });

    [Authorize(Policy = ServingPolicies.Infer)]
    public override Task<ModelInferResponse> ModelInfer(ModelInferRequest request, ServerCallContext context) => AnswerAsync(
        context,
        async (instance, cancellationToken) =>
        {
            var inference = new GrpcInference(instance);

            // The message is sent after this method has ended, from the memory of the run's outputs.
            context.GetHttpContext().Response.RegisterForDispose(inference);
            return await inference.RunAsync(request, cancellationToken).ConfigureAwait(false);
        });

    [Authorize(Policy = ServingPolicies.Infer)]
    public override async Task ModelStreamInfer(
        IAsyncStreamReader<ModelInferRequest> requestStream, IServerStreamWriter<ModelStreamInferResponse> responseStream, ServerCallContext context)
    {
        while (await requestStream.MoveNext(context.CancellationToken).ConfigureAwait(false))
        {
            using var inference = new GrpcInference(InstanceOf(context));
            await responseStream.WriteAsync(await AnswerStreamAsync(inference, requestStream.Current, context).ConfigureAwait(false), context.CancellationToken).ConfigureAwait(false);
        }
    }

    [Authorize(Policy = ServingPolicies.Infer)]
    public override Task<ModelStatisticsResponse> ModelStatistics(ModelStatisticsRequest request, ServerCallContext context) => AnswerAsync(context, async (instance, cancellationToken) =>
    {
        var response = new ModelStatisticsResponse();
        if (request.Name.Length == 0)
        {
            response.ModelStats.AddRange(instance.Models.Statistics.Select(entry => GrpcMessages.Describe(entry.Model, entry.Counters)));
        }
        else
        {
            var (reference, _) = await instance.Models.ResolveAsync(request.Name, VersionOf(request.Version), cancellationToken).ConfigureAwait(false);
            response.ModelStats.Add(GrpcMessages.Describe(reference, instance.Models.FindCounters(reference) ?? new()));
        }

        return response;
    });

    [Authorize(Policy = ServingPolicies.Infer)]
    public override Task<RepositoryIndexResponse> RepositoryIndex(RepositoryIndexRequest request, ServerCallContext context) => AnswerAsync(context, async (instance, cancellationToken) =>
    {
        var response = new RepositoryIndexResponse();
        response.Models.AddRange((await instance.Repository.ListAsync(request.Ready, cancellationToken).ConfigureAwait(false)).Select(GrpcMessages.Describe));
        return response;
    });

    [Authorize(Policy = ServingPolicies.Manage)]
    public override Task<RepositoryModelLoadResponse> RepositoryModelLoad(RepositoryModelLoadRequest request, ServerCallContext context) => AnswerAsync(context, async (instance, cancellationToken) =>
    {
        await instance.Models.LoadAsync(request.ModelName, null, cancellationToken).ConfigureAwait(false);
        return new RepositoryModelLoadResponse();
    });

    [Authorize(Policy = ServingPolicies.Manage)]
    public override Task<RepositoryModelUnloadResponse> RepositoryModelUnload(RepositoryModelUnloadRequest request, ServerCallContext context) => AnswerAsync(context, async (instance, cancellationToken) =>
    {
        await instance.Models.UnloadAsync(request.ModelName, null, cancellationToken).ConfigureAwait(false);
        return new RepositoryModelUnloadResponse();
    });

    private static ServingInstance InstanceOf(ServerCallContext context) => ServingInstance.Of(context.GetHttpContext());

    private static string? VersionOf(string version) => version.Length == 0 ? null : version;

    private async Task<T> AnswerAsync<T>(ServerCallContext context, Func<ServingInstance, CancellationToken, Task<T>> answer)
    {
        var instance = InstanceOf(context);
        using var late = new CancellationTokenSource(instance.Options.Limits.RequestTimeout, instance.Time);
        using var leaving = context.CancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), late);
        try
        {
            return await answer(instance, late.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            throw new RpcException(StatusOf(exception, context));
        }
    }

    // One request that fails does not end the stream.
    private async Task<ModelStreamInferResponse> AnswerStreamAsync(GrpcInference inference, ModelInferRequest request, ServerCallContext context)
    {
        try
        {
            return new ModelStreamInferResponse { InferResponse = await AnswerAsync(context, (_, cancellationToken) => inference.RunAsync(request, cancellationToken)).ConfigureAwait(false) };
        }
        catch (RpcException exception)
        {
            return new ModelStreamInferResponse { ErrorMessage = exception.Status.Detail, InferResponse = new ModelInferResponse { Id = request.Id } };
        }
    }

    private Status StatusOf(Exception exception, ServerCallContext context)
    {
        var failure = Failure.Of(exception);
        if (failure.IsOwn)
        {
            LogFailed(logger, exception, context.Method);
        }

        return new Status(failure.Code, failure.Message);
    }

    [LoggerMessage(1, LogLevel.Error, "The call of {Method} failed.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string method);
}
