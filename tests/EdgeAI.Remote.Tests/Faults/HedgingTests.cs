using EdgeAI.Inference;
using EdgeAI.Providers;
using EdgeAI.Remote.Configuration;
using EdgeAI.Remote.Tests.Hosting;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Remote.Tests.Faults;

public sealed class HedgingTests
{
    // So many runs must be known before it is known what is unusual.
    private const int Enough = 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_EndpointThatTakesUnusuallyLong_TheOtherAnswersAndTheFirstIsLeft()
    {
        await using var one = await FakeServer.StartAsync();
        await using var other = await FakeServer.StartAsync();
        await using var node = Node(one, other, percentile: 95);
        await using var lease = await node.LoadAsync("add-one", RemotePolicy.RemoteOnly);
        for (var i = 0; i < Enough; i++)
        {
            (await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation)).Dispose();
        }

        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var before = one.Runs + other.Runs;
        one.OnRun = other.OnRun = async (context, body) =>
        {
            if (one.Runs + other.Runs == before + 1)
            {
                using var registration = context.RequestAborted.Register(() => aborted.TrySetResult());
                await aborted.Task;
                return;
            }

            await FakeServer.AddOneAsync(context, body);
        };

        using var outputs = await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation);

        Assert.Equal(["y"], outputs.Keys);
        await aborted.Task.WaitAsync(Cancellation);
        Assert.Equal(before + 2, one.Runs + other.Runs);
        Assert.All(node.Cluster.Endpoints, endpoint => Assert.Null(endpoint.Problem));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(95.0, true)]
    public async Task RunAsync_NotAskedForOrStateful_GoesToOneEndpointAlone(double? percentile, bool isStateful)
    {
        await using var one = await FakeServer.StartAsync();
        await using var other = await FakeServer.StartAsync();
        await using var node = Node(one, other, percentile, isStateful);
        await using var lease = await node.LoadAsync("add-one", RemotePolicy.RemoteOnly);
        for (var i = 0; i < Enough; i++)
        {
            (await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation)).Dispose();
        }

        var before = one.Runs + other.Runs;
        one.OnRun = other.OnRun = async (context, _) =>
        {
            var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var registration = context.RequestAborted.Register(() => aborted.TrySetResult());
            await aborted.Task;
        };

        // Far longer than any of the runs before.
        await Assert.ThrowsAsync<RunDeadlineException>(
            async () => await lease.RunAsync(TestModels.AddOne.CreateInputs(), new ModelRunOptions { Deadline = TimeSpan.FromSeconds(1) }, Cancellation));

        Assert.Equal(before + 1, one.Runs + other.Runs);
    }

    private static EdgeNode Node(FakeServer one, FakeServer other, double? percentile, bool isStateful = false) => new(options =>
    {
        options.Transport = RemoteTransport.Rest;
        options.Endpoints.Add(one.Address);
        options.Endpoints.Add(other.Address);
        options.HedgingPercentile = percentile;
        options.Models["add-one@latest"] = new() { IsStateful = isStateful };
    });
}
