using EdgeAI.AspNetCore.Tests.Hosting;
using EdgeAI.Inference;
using EdgeAI.OpenInference.Protocol;
using EdgeAI.Testing.Catalogue;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;
using GrpcHealth = Grpc.Health.V1.Health;

namespace EdgeAI.AspNetCore.Tests.Grpc;

public sealed class GrpcInferenceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ModelInfer_TypedContents_GivesRawOutputs()
    {
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(TestModels.AddOne, "demo/add:v1");
        var request = new ModelInferRequest { ModelName = "demo/add", Id = "seven" };
        request.Inputs.Add(new ModelInferRequest.Types.InferInputTensor { Name = "x", Datatype = "FP32", Shape = { 2 }, Contents = new InferTensorContents { Fp32Contents = { 1, 2 } } });

        var response = await ClientOf(host).ModelInferAsync(request, cancellationToken: Cancellation);

        Assert.Equal(("demo/add", "v1", "seven"), (response.ModelName, response.ModelVersion, response.Id));
        Assert.Equal([2L], response.Outputs[0].Shape);
        Assert.Equal([2f, 3], System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(response.RawOutputContents[0].Span).ToArray());
    }

    [Theory]
    [MemberData(nameof(ElementTypes))]
    public async Task ModelInfer_RawContentsOfEveryType_GivesTheSameBytes(ElementType type)
    {
        var model = TestModels.Identity(type);
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(model);
        var sample = model.CreateInputs()["x"].AsTensor().AsBytes().ToArray();
        var request = new ModelInferRequest { ModelName = model.Name };
        request.Inputs.Add(new ModelInferRequest.Types.InferInputTensor { Name = "x", Datatype = Rest.RestMessages.NameOf(type), Shape = { 2, 3 } });
        request.RawInputContents.Add(ByteString.CopyFrom(sample));

        var response = await ClientOf(host).ModelInferAsync(request, cancellationToken: Cancellation);

        Assert.Equal(sample, response.RawOutputContents.Single().ToByteArray());
    }

    [Fact]
    public async Task ModelInfer_Malformed_IsInvalidArgumentAndSaysWhy()
    {
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(TestModels.AddOne);
        var request = new ModelInferRequest { ModelName = "add-one" };
        request.Inputs.Add(new ModelInferRequest.Types.InferInputTensor { Name = "x", Datatype = "FP32", Shape = { 2 }, Contents = new InferTensorContents { Fp32Contents = { 1 } } });

        var malformed = await Assert.ThrowsAsync<RpcException>(async () => await ClientOf(host).ModelInferAsync(request, cancellationToken: Cancellation));
        var missing = await Assert.ThrowsAsync<RpcException>(async () => await ClientOf(host).ModelInferAsync(new ModelInferRequest { ModelName = "none" }, cancellationToken: Cancellation));

        Assert.Equal(StatusCode.InvalidArgument, malformed.StatusCode);
        Assert.Contains("1 elements", malformed.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(StatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task ModelStreamInfer_RequestThatFailsBetweenOthers_DoesNotEndTheStream()
    {
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(TestModels.AddOne);
        using var stream = ClientOf(host).ModelStreamInfer(cancellationToken: Cancellation);
        var answers = new List<string>();
        foreach (var (name, id) in new[] { ("x", "1"), ("wrong", "2"), ("x", "3") })
        {
            var request = new ModelInferRequest { ModelName = "add-one", Id = id };
            request.Inputs.Add(new ModelInferRequest.Types.InferInputTensor { Name = name, Datatype = "FP32", Shape = { 2 }, Contents = new InferTensorContents { Fp32Contents = { 1, 2 } } });
            await stream.RequestStream.WriteAsync(request, Cancellation);
            Assert.True(await stream.ResponseStream.MoveNext(Cancellation));
            answers.Add($"{stream.ResponseStream.Current.InferResponse.Id}:{stream.ResponseStream.Current.ErrorMessage.Length > 0}");
        }

        await stream.RequestStream.CompleteAsync();
        Assert.False(await stream.ResponseStream.MoveNext(Cancellation));
        Assert.Equal(["1:False", "2:True", "3:False"], answers);
    }

    [Fact]
    public async Task Metadata_OfServerAndModel_IsWhatTheModelSays()
    {
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(TestModels.DynamicShapes, "m:1");
        await host.ImportAsync(TestModels.DynamicShapes, "m:2");
        var client = ClientOf(host);

        var server = await client.ServerMetadataAsync(new ServerMetadataRequest(), cancellationToken: Cancellation);
        var model = await client.ModelMetadataAsync(new ModelMetadataRequest { Name = "m", Version = "1" }, cancellationToken: Cancellation);

        Assert.Equal("edgeai", server.Name);
        Assert.Contains("binary_tensor_data", server.Extensions);
        Assert.Equal(["1", "2"], model.Versions);
        Assert.Equal(("x", "FP32"), (model.Inputs[0].Name, model.Inputs[0].Datatype));
        Assert.Equal([-1L, -1, 32], model.Inputs[0].Shape);
        Assert.True((await client.ServerLiveAsync(new ServerLiveRequest(), cancellationToken: Cancellation)).Live);
        Assert.True((await client.ServerReadyAsync(new ServerReadyRequest(), cancellationToken: Cancellation)).Ready);
        Assert.True((await client.ModelReadyAsync(new ModelReadyRequest { Name = "m" }, cancellationToken: Cancellation)).Ready);
        Assert.False((await client.ModelReadyAsync(new ModelReadyRequest { Name = "none" }, cancellationToken: Cancellation)).Ready);
    }

    [Fact]
    public async Task Repository_LoadedAndUnloaded_IsInIndexAndStatistics()
    {
        await using var host = await ServingHost.StartAsync();
        await host.ImportAsync(TestModels.AddOne);
        var client = ClientOf(host);

        await client.RepositoryModelLoadAsync(new RepositoryModelLoadRequest { ModelName = "add-one" }, cancellationToken: Cancellation);
        var loaded = await client.RepositoryIndexAsync(new RepositoryIndexRequest(), cancellationToken: Cancellation);
        await client.RepositoryModelUnloadAsync(new RepositoryModelUnloadRequest { ModelName = "add-one" }, cancellationToken: Cancellation);
        var unloaded = await client.RepositoryIndexAsync(new RepositoryIndexRequest { Ready = true }, cancellationToken: Cancellation);
        var statistics = await client.ModelStatisticsAsync(new ModelStatisticsRequest { Name = "add-one" }, cancellationToken: Cancellation);

        Assert.Equal(("add-one", "latest", "READY"), (loaded.Models[0].Name, loaded.Models[0].Version, loaded.Models[0].State));
        Assert.Empty(unloaded.Models);
        Assert.Equal(0UL, statistics.ModelStats[0].InferenceCount);
    }

    [Fact]
    public async Task Health_OfServerAndService_IsServing()
    {
        await using var host = await ServingHost.StartAsync();
        var client = new GrpcHealth.HealthClient(host.Channel);

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await client.CheckAsync(new HealthCheckRequest(), cancellationToken: Cancellation)).Status);
        Assert.Equal(
            HealthCheckResponse.Types.ServingStatus.Serving,
            (await client.CheckAsync(new HealthCheckRequest { Service = "inference.GRPCInferenceService" }, cancellationToken: Cancellation)).Status);
        Assert.Equal(
            StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(async () => await client.CheckAsync(new HealthCheckRequest { Service = "other" }, cancellationToken: Cancellation))).StatusCode);
    }

    public static TheoryData<ElementType> ElementTypes() => [.. TestModels.NumericElementTypes];

    private static GRPCInferenceService.GRPCInferenceServiceClient ClientOf(ServingHost host) => new(host.Channel);
}
