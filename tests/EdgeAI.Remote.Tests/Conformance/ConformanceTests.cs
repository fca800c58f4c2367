using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Remote.Configuration;
using EdgeAI.Remote.Protocol;
using EdgeAI.Remote.Tests.Hosting;
using EdgeAI.Testing;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Remote.Tests.Conformance;

/// <summary>A model gives the same bits on another EdgeAI host, on the same processor, as it does here.</summary>
public sealed class ConformanceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(RemoteTransport.Grpc, RemoteTensorForm.Auto)]
    [InlineData(RemoteTransport.Rest, RemoteTensorForm.Auto)]
    [InlineData(RemoteTransport.Rest, RemoteTensorForm.Json)]
    public async Task RunAsync_EveryModelThatTheProtocolCarries_GivesTheBitsOfALocalRun(RemoteTransport transport, RemoteTensorForm form)
    {
        await using var host = await RemoteHost.StartAsync();
        await using var node = new EdgeNode(options =>
        {
            options.Transport = transport;
            options.Tensors = form;
            options.Endpoints.Add(host.AddressOf(transport));
        });
        var compared = 0;
        var each = transport == RemoteTransport.Grpc ? 1 : NightlyRun.Count(4, 1);
        foreach (var model in TestModels.All.Where((_, index) => index % each == 0))
        {
            await node.ImportAsync(model);
            await using var local = await node.LoadAsync(model.Name, RemotePolicy.LocalOnly);
            if (!IsCarried(local.Signature, form) || model.Name == TestModels.SloppyShape.Name)
            {
                continue;
            }

            using var expected = await local.RunAsync(model.CreateInputs(), Cancellation);
            if (form == RemoteTensorForm.Json && !model.CreateInputs().Values.Concat(expected.Values).All(IsFinite))
            {
                continue;
            }

            await host.ImportAsync(model);
            await using var remote = await node.LoadAsync(model.Name, RemotePolicy.RemoteOnly);
            using var actual = await remote.RunAsync(model.CreateInputs(), Cancellation);

            Assert.Equal(("cpu:0", EdgeNode.Device), (local.Device.ToString(), remote.Device.ToString()));
            RequireSame(model.Name, expected, actual);
            compared++;
        }

        Assert.True(compared > 10, $"Only {compared} models were compared.");
    }

    [Fact]
    public async Task LoadAsync_ModelThatTheProtocolDoesNotCarry_StaysHere()
    {
        await using var host = await RemoteHost.StartAsync();
        await using var node = new EdgeNode(options => options.Endpoints.Add(host.Grpc));
        await node.ImportAsync(TestModels.SequenceOutput);

        await using var lease = await node.LoadAsync(TestModels.SequenceOutput.Name, RemotePolicy.RemoteFirst);
        var refused = await Assert.ThrowsAsync<ModelLoadException>(() => node.LoadAsync(TestModels.SequenceOutput.Name, RemotePolicy.RemoteOnly));

        Assert.Equal("cpu:0", lease.Device.ToString());
        Assert.Contains("tensors alone", refused.Message, StringComparison.Ordinal);
    }

    private static bool IsCarried(ModelSignature signature, RemoteTensorForm form) => signature.Inputs.Concat(signature.Outputs).All(value =>
        value.Type.Kind == ModelValueKind.Tensor
        && value.Type.ElementType is { } type
        && TensorTypes.NameOf(type) is not null
        && (form != RemoteTensorForm.Json || type is not (ElementType.Float16 or ElementType.BFloat16)));

    // JSON has no form for the others.
    private static bool IsFinite(ModelValue value) => value.AsTensor().ElementType switch
    {
        ElementType.Float32 => value.AsTensor().ToArray<float>().All(float.IsFinite),
        ElementType.Float64 => value.AsTensor().ToArray<double>().All(double.IsFinite),
        _ => true,
    };

    private static void RequireSame(string model, ModelOutputs expected, ModelOutputs actual)
    {
        Assert.Equal(expected.Keys, actual.Keys);
        foreach (var (name, value) in expected)
        {
            var (left, right) = (value.AsTensor(), actual.GetTensor(name));
            Assert.Equal($"{model} {left}", $"{model} {right}");
            if (left.ElementType == ElementType.String)
            {
                Assert.Equal(left.ToArray<string>(), right.ToArray<string>());
            }
            else
            {
                Assert.True(left.AsBytes().SequenceEqual(right.AsBytes()), $"{model}: '{name}' differs.");
            }
        }
    }
}
