using EdgeAI.Inference;
using EdgeAI.Providers;
using EdgeAI.Remote.Configuration;
using EdgeAI.Remote.Tests.Hosting;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Remote.Tests.Faults;

/// <summary>What is tried again, and what is not; what goes along with a run to the server.</summary>
public sealed class RetryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(503)]
    [InlineData(429)]
    public async Task RunAsync_ServerThatIsBusy_IsAskedAgain(int status)
    {
        await using var server = await FakeServer.StartAsync();
        await using var node = Node([server]);
        await using var lease = await node.LoadAsync("add-one", RemotePolicy.RemoteOnly);
        server.OnRun = (context, body) => server.Runs == 1 ? FakeServer.Refuse(status, 0)(context, body) : FakeServer.AddOneAsync(context, body);

        (await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation)).Dispose();

        Assert.Equal(2, server.Runs);
    }

    [Fact]
    public async Task RunAsync_ServerThatWantsALongPause_IsNotWaitedFor()
    {
        await using var server = await FakeServer.StartAsync();
        await using var node = Node([server]);
        await using var lease = await node.LoadAsync("add-one", RemotePolicy.RemoteOnly);
        server.OnRun = FakeServer.Refuse(503, 3600);

        await Assert.ThrowsAsync<RemoteUnavailableException>(async () => await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation));

        Assert.Equal(1, server.Runs);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunAsync_ConnectionThatBreaksMidway_IsTriedAgainUnlessTheModelIsStateful(bool isStateful)
    {
        await using var one = await FakeServer.StartAsync();
        await using var other = await FakeServer.StartAsync();
        await using var node = Node([one, other], options => options.Models["add-one:latest"] = new() { IsStateful = isStateful });
        await using var lease = await node.LoadAsync("add-one", RemotePolicy.RemoteOnly);
        one.OnRun = other.OnRun = (context, body) =>
        {
            if (one.Runs + other.Runs == 1)
            {
                context.Abort();
                return Task.CompletedTask;
            }

            return FakeServer.AddOneAsync(context, body);
        };

        if (isStateful)
        {
            await Assert.ThrowsAsync<RemoteUnavailableException>(async () => await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation));
        }
        else
        {
            (await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation)).Dispose();
        }

        Assert.Equal(isStateful ? 1 : 2, one.Runs + other.Runs);
    }

    [Fact]
    public async Task RunAsync_EndpointThatIsNotThere_GoesToTheOther()
    {
        await using var server = await FakeServer.StartAsync();
        await using var gone = await FakeServer.StartAsync();
        await using var node = Node([gone, server]);
        await gone.DisposeAsync();
        await using var lease = await node.LoadAsync("add-one", RemotePolicy.RemoteOnly);

        for (var i = 0; i < 10; i++)
        {
            (await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation)).Dispose();
        }

        Assert.Equal((0, 10), (gone.Runs, server.Runs));
        Assert.True(node.Status.IsUsable);
    }

    [Fact]
    public async Task RunAsync_EndpointThatLacksTheModel_GoesToTheOther()
    {
        await using var server = await FakeServer.StartAsync();
        await using var empty = await FakeServer.StartAsync();
        empty.Description = null;
        empty.OnRun = FakeServer.Refuse(404);
        await using var node = Node([empty, server]);
        await using var lease = await node.LoadAsync("add-one", RemotePolicy.RemoteOnly);

        for (var i = 0; i < 10; i++)
        {
            (await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation)).Dispose();
        }

        Assert.Equal(10, server.Runs);
        Assert.InRange(empty.Runs, 0, 1);
    }

    [Fact]
    public async Task RunAsync_EndpointThatIsNotReady_IsLeftAndReturnedTo()
    {
        await using var server = await FakeServer.StartAsync();
        await using var node = Node([server]);
        await using var lease = await node.LoadAsync("add-one", RemotePolicy.RemoteOnly);
        var left = node.Log.NextAsync("it says that it is not ready");
        server.IsReady = false;
        await left;
        Assert.False(node.Status.IsUsable);

        var well = node.Log.NextAsync("is well again");
        server.IsReady = true;
        await well;

        Assert.True(node.Status.IsUsable, node.Status.Reason);
    }

    [Fact]
    public async Task RunAsync_TooManyFailures_OpenTheCircuitAndAHealthCheckClosesIt()
    {
        await using var server = await FakeServer.StartAsync();
        await using var node = Node([server], options =>
        {
            // The question what the model is was the first.
            options.BreakerMinimumRuns = 3;
            options.BreakerPause = TimeSpan.FromSeconds(0.5);
        });
        await node.ImportAsync(TestModels.AddOne);
        await using var lease = await node.LoadAsync(TestModels.AddOne.Name, RemotePolicy.RemoteOnly);
        server.OnRun = FakeServer.Refuse(500);
        for (var i = 0; i < 2; i++)
        {
            await Assert.ThrowsAsync<InferenceException>(async () => await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation));
        }

        Assert.Contains("too many of its runs failed", node.Status.Reason, StringComparison.Ordinal);
        server.OnRun = FakeServer.AddOneAsync;
        while (!node.Status.IsUsable)
        {
            Cancellation.ThrowIfCancellationRequested();
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancellation);
        }

        (await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation)).Dispose();
        Assert.Equal(3, server.Runs);
    }

    [Fact]
    public async Task RunAsync_Deadline_GoesAlongAndEndsTheRunThere()
    {
        await using var server = await FakeServer.StartAsync();
        await using var node = Node([server]);
        await using var lease = await node.LoadAsync("add-one", RemotePolicy.RemoteOnly);
        var (aborted, timeout, priority) = Hold(server);
        var wish = new ModelRunOptions { Deadline = TimeSpan.FromMilliseconds(300), Priority = RunPriority.High };

        var exception = await Assert.ThrowsAsync<RunDeadlineException>(async () => await lease.RunAsync(TestModels.AddOne.CreateInputs(), wish, Cancellation));

        Assert.Equal(wish.Deadline, exception.Deadline);
        Assert.InRange(await timeout, 1, 300_000);
        Assert.Equal(1, await priority);
        await aborted;
        Assert.True(node.Status.IsUsable, node.Status.Reason);
    }

    [Fact]
    public async Task RunAsync_DeadlineOverGrpc_EndsTheRunThere()
    {
        await using var host = await RemoteHost.StartAsync();
        await host.ImportAsync(TestModels.Loop);
        await using var node = new EdgeNode(options => options.Endpoints.Add(host.Grpc));
        await using var lease = await node.LoadAsync(TestModels.Loop.Name, RemotePolicy.RemoteOnly);
        var endless = new ModelInputs { ["trips"] = TensorValue.Scalar(long.MaxValue), ["x"] = TensorValue.Create(new float[64], 1, 64) };

        await Assert.ThrowsAsync<RunDeadlineException>(async () => await lease.RunAsync(endless, new ModelRunOptions { Deadline = TimeSpan.FromMilliseconds(300) }, Cancellation));

        using var outputs = await lease.RunAsync(TestModels.Loop.CreateInputs(), Cancellation);
        Assert.NotEmpty(outputs);
    }

    [Fact]
    public async Task RunAsync_Cancelled_EndsTheRunThereAndBlamesNobody()
    {
        await using var server = await FakeServer.StartAsync();
        await using var node = Node([server]);
        await using var lease = await node.LoadAsync("add-one", RemotePolicy.RemoteOnly);
        var (aborted, _, _) = Hold(server);
        using var leaving = new CancellationTokenSource();

        var running = lease.RunAsync(TestModels.AddOne.CreateInputs(), new ModelRunOptions { Deadline = TimeSpan.FromMinutes(10) }, leaving.Token).AsTask();
        while (server.Runs == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancellation);
        }

        await leaving.CancelAsync();
        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        Assert.Equal(leaving.Token, exception.CancellationToken);
        await aborted;
        Assert.True(node.Status.IsUsable, node.Status.Reason);
    }

    private static (Task Aborted, Task<long> Timeout, Task<long> Priority) Hold(FakeServer server)
    {
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var timeout = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var priority = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        server.OnRun = async (context, body) =>
        {
            var parameters = FakeServer.ParametersOf(context, body);
            timeout.TrySetResult(parameters.GetProperty("timeout").GetInt64());
            priority.TrySetResult(parameters.TryGetProperty("priority", out var number) ? number.GetInt64() : 0);
            using var registration = context.RequestAborted.Register(() => aborted.TrySetResult());
            await aborted.Task;
        };
        return (aborted.Task.WaitAsync(Cancellation), timeout.Task.WaitAsync(Cancellation), priority.Task.WaitAsync(Cancellation));
    }

    private static EdgeNode Node(FakeServer[] servers, Action<RemoteClusterOptions>? cluster = null) => new(options =>
    {
        options.Transport = RemoteTransport.Rest;
        foreach (var server in servers)
        {
            options.Endpoints.Add(server.Address);
        }

        cluster?.Invoke(options);
    });
}
