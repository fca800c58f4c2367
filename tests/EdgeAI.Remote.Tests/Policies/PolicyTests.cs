using EdgeAI.Inference;
using EdgeAI.Memory;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Remote.Configuration;
using EdgeAI.Remote.Tests.Hosting;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Remote.Tests.Policies;

/// <summary>Where loads and runs go with a cluster beside the machine's own device.</summary>
public sealed class PolicyTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RemoteOnly_ModelThatTheStoreDoesNotHave_RunsThereAndItsInputsAreChecked()
    {
        await using var server = await FakeServer.StartAsync();
        await using var node = Node(server);

        await using var lease = await node.LoadAsync("add-one:v1", RemotePolicy.RemoteOnly);
        using var outputs = await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation);
        var wrong = await Assert.ThrowsAsync<InvalidModelInputException>(async () => await lease.RunAsync(new ModelInputs { ["x"] = TensorValue.Create([1L, 2], 2) }, Cancellation));

        Assert.Equal("y: float32[2]", Assert.Single(lease.Signature.Outputs).ToString());
        Assert.Equal(["y"], outputs.Keys);
        Assert.Equal("x", wrong.Input);
        Assert.Equal(1, server.Runs);
        Assert.Equal(default, Assert.Single(node.Engine.GetMemory().Models).Memory);
    }

    [Fact]
    public async Task LocalFirst_ModelThatTheStoreDoesNotHave_RunsThere()
    {
        await using var server = await FakeServer.StartAsync();
        await using var node = Node(server);

        await using var lease = await node.LoadAsync("add-one:v1");
        lease.Run(TestModels.AddOne.CreateInputs(), Cancellation).Dispose();

        Assert.Equal((EdgeNode.Device, 1), (lease.Device.ToString(), server.Runs));
    }

    [Fact]
    public async Task LoadAsync_ModelThatNobodyHas_IsNotFound()
    {
        await using var server = await FakeServer.StartAsync();
        server.Description = null;
        await using var node = Node(server);

        foreach (var policy in Enum.GetValues<RemotePolicy>())
        {
            var exception = await Assert.ThrowsAsync<ModelNotFoundException>(() => node.LoadAsync("none:v1", policy));
            Assert.Equal("none:v1", exception.Model.ToString());
        }

        Assert.True(node.Status.IsUsable);
    }

    [Fact]
    public async Task LocalOnly_ModelThatOnlyTheClusterHas_IsNotFoundAndNobodyIsAsked()
    {
        await using var server = await FakeServer.StartAsync();
        server.OnAny = context => throw new InvalidOperationException(context.Request.Path);
        await using var node = Node(server);

        await Assert.ThrowsAsync<ModelNotFoundException>(() => node.LoadAsync("add-one", RemotePolicy.LocalOnly));
    }

    [Fact]
    public async Task LocalFirst_QueueHereIsFull_GoesThere()
    {
        await using var server = await FakeServer.StartAsync();
        await using var node = Node(server, options => options.Inference.Devices["cpu:0"] = new() { MaxConcurrentRuns = 1, QueueLength = 0 });
        await node.ImportAsync(TestModels.AddOne);
        await node.ImportAsync(TestModels.Loop);
        await using var loop = await node.LoadAsync(TestModels.Loop.Name, RemotePolicy.LocalOnly);
        await using var lease = await node.LoadAsync(TestModels.AddOne.Name);
        (await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation)).Dispose();
        Assert.Equal(0, server.Runs);

        using var stop = new CancellationTokenSource();
        var held = loop.RunAsync(EndlessInputs(), stop.Token).AsTask();
        (await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation)).Dispose();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => held);
        (await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation)).Dispose();

        Assert.Equal(1, server.Runs);
        Assert.Empty(node.Faults);
    }

    [Fact]
    public async Task LocalFirst_NoRoomInTheBudget_GoesThereAndTells()
    {
        await using var server = await FakeServer.StartAsync();
        await using var node = Node(server, options => options.Memory.HostPrivateBytes = 1);
        await node.ImportAsync(TestModels.AddOne);

        await using var lease = await node.LoadAsync(TestModels.AddOne.Name);
        await Assert.ThrowsAsync<MemoryBudgetExceededException>(() => node.LoadAsync(TestModels.AddOne.Name, RemotePolicy.LocalOnly));

        Assert.Equal(EdgeNode.Device, lease.Device.ToString());
        var fault = Assert.Single(node.Faults);
        Assert.IsType<MemoryBudgetExceededException>(fault.Error);
        Assert.All(node.Engine.Devices, device => Assert.True(device.IsUsable, device.Reason));
    }

    [Fact]
    public async Task OverrideRemotePolicy_WhileItHolds_PrefersTheClusterButLocalOnlyStays()
    {
        await using var server = await FakeServer.StartAsync();
        await using var node = Node(server);
        await node.ImportAsync(TestModels.AddOne);
        await using var lease = await node.LoadAsync(TestModels.AddOne.Name);
        await using var here = await node.LoadAsync(TestModels.AddOne.Name, RemotePolicy.LocalOnly);

        using (node.Engine.OverrideRemotePolicy(RemotePolicy.RemoteFirst, "A rule of the test holds."))
        {
            (await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation)).Dispose();
            (await here.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation)).Dispose();
            (await lease.RunAsync(TestModels.AddOne.CreateInputs(), new ModelRunOptions { RemotePolicy = RemotePolicy.LocalFirst }, Cancellation)).Dispose();
        }

        (await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation)).Dispose();
        Assert.Equal(1, server.Runs);
        Assert.Contains(node.Log.Lines, line => line.Contains("A rule of the test holds.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RemoteFirst_NetworkGone_LocalGoesOnTellsWhyAndGoesBack()
    {
        await using var host = await RemoteHost.StartAsync();
        await host.ImportAsync(TestModels.AddOne);
        await using var node = new EdgeNode(options => options.Endpoints.Add(host.Grpc), options => options.Inference.RemotePolicy = RemotePolicy.RemoteFirst);
        await node.ImportAsync(TestModels.AddOne);
        await using var lease = await node.LoadAsync(TestModels.AddOne.Name);
        (await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation)).Dispose();
        Assert.Equal(EdgeNode.Device, lease.Device.ToString());
        Assert.Empty(node.Faults);

        await host.GoAsync();
        using (var outputs = await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation))
        {
            Assert.Equal(["y"], outputs.Keys);
        }

        // Either a run found it gone, or a health check did before; the device says so in any case.
        Assert.All(node.Faults, fault => Assert.Equal((EdgeNode.Device, "cpu:0"), (fault.Device.ToString(), fault.Next.ToString())));
        Assert.False(node.Status.IsUsable);
        Assert.Contains(host.Grpc.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), node.Status.Reason, StringComparison.Ordinal);
        var only = await Assert.ThrowsAsync<RemoteUnavailableException>(async () => await lease.RunAsync(TestModels.AddOne.CreateInputs(), new ModelRunOptions { RemotePolicy = RemotePolicy.RemoteOnly }, Cancellation));
        Assert.Equal(EdgeNode.Device, only.Device);

        var well = node.Log.NextAsync("is well again");
        await host.ComeAsync();
        await well;
        (await lease.RunAsync(TestModels.AddOne.CreateInputs(), new ModelRunOptions { RemotePolicy = RemotePolicy.RemoteOnly }, Cancellation)).Dispose();
        Assert.True(node.Status.IsUsable, node.Status.Reason);
    }

    [Fact]
    public async Task PinVersions_TagThatMeansAnotherVersionThere_IsNotUsed()
    {
        await using var host = await RemoteHost.StartAsync();
        await host.ImportAsync(TestModels.AddOne, "demo/add:v1");
        await using var node = new EdgeNode(options =>
        {
            options.Endpoints.Add(host.Grpc);
            options.PinVersions = true;
        });
        await node.ImportAsync(TestModels.AddOne, "demo/add:v1");
        await using (var same = await node.LoadAsync("demo/add:v1", RemotePolicy.RemoteOnly))
        {
            (await same.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation)).Dispose();
        }

        await node.ImportAsync(TestModels.Add, "demo/add:v1");
        var exception = await Assert.ThrowsAsync<ModelLoadException>(() => node.LoadAsync("demo/add:v1", RemotePolicy.RemoteOnly));

        Assert.IsType<ModelNotFoundException>(exception.InnerException?.InnerException ?? exception.InnerException);
    }

    [Fact]
    public async Task LoadAsync_OtherModelOfThatNameThere_SaysWhatDiffers()
    {
        await using var server = await FakeServer.StartAsync();
        server.Description = """{"name":"add-one","inputs":[{"name":"x","datatype":"INT64","shape":[2]}],"outputs":[{"name":"y","datatype":"FP32","shape":[2]}]}""";
        await using var node = Node(server);
        await node.ImportAsync(TestModels.AddOne);

        var exception = await Assert.ThrowsAsync<ModelLoadException>(() => node.LoadAsync(TestModels.AddOne.Name, RemotePolicy.RemoteOnly));

        Assert.Contains("its input 'x' is INT64, and FP32", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LoadModels_ModelThatIsNotReadyThere_IsLoadedWhenTheOptionsSaySo(bool mayLoad)
    {
        await using var server = await FakeServer.StartAsync();
        server.Description = null;
        server.OnAny = context =>
        {
            var isLoad = context.Request.Path == "/v2/repository/models/add-one/load";
            server.Description = isLoad ? FakeServer.Metadata : server.Description;
            return Task.FromResult(isLoad);
        };
        await using var node = Node(server, cluster: options => options.LoadModels = mayLoad);

        if (mayLoad)
        {
            await using var lease = await node.LoadAsync("add-one", RemotePolicy.RemoteOnly);
            (await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation)).Dispose();
        }
        else
        {
            await Assert.ThrowsAsync<ModelNotFoundException>(() => node.LoadAsync("add-one", RemotePolicy.RemoteOnly));
        }
    }

    [Fact]
    public async Task Bind_ModelOnTheCluster_RunsOverTheSameMemory()
    {
        await using var server = await FakeServer.StartAsync();
        await using var node = Node(server);
        await using var lease = await node.LoadAsync("add-one", RemotePolicy.RemoteOnly);
        float[] x = [1, 2], y = [0, 0];
        using var binding = lease.Bind(new ModelInputs { ["x"] = TensorValue.Create(x, 2) }, new Dictionary<string, TensorValue> { ["y"] = TensorValue.Create(y, 2) });

        binding.Run(Cancellation);
        x[0] = 5;
        binding.Run(Cancellation);

        Assert.Equal([6f, 3f], y);
    }

    private static EdgeNode Node(FakeServer server, Action<EdgeAI.Configuration.EdgeAIOptions>? engine = null, Action<RemoteClusterOptions>? cluster = null) => new(
        options =>
        {
            options.Transport = RemoteTransport.Rest;
            options.Endpoints.Add(server.Address);
            cluster?.Invoke(options);
        },
        engine);

    private static ModelInputs EndlessInputs() => new() { ["trips"] = TensorValue.Scalar(long.MaxValue), ["x"] = TensorValue.Create(new float[64], 1, 64) };
}
