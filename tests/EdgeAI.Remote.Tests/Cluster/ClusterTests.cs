using EdgeAI.Inference;
using EdgeAI.Providers;
using EdgeAI.Remote.Configuration;
using EdgeAI.Remote.Tests.Hosting;
using EdgeAI.Testing;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Remote.Tests.Cluster;

/// <summary>Three EdgeAI hosts in processes of their own, one of which dies under load.</summary>
public sealed class ClusterTests : IDisposable
{
    private const int Clients = 8;

    private static readonly int RunsBetween = NightlyRun.Count(300, 5000);

    private readonly SemaphoreSlim _succeeded = new(0);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _succeeded.Dispose();

    [Theory]
    [InlineData(RemoteTransport.Grpc)]
    [InlineData(RemoteTransport.Rest)]
    public async Task RunAsync_OneOfThreeHostsKilledUnderLoad_NoRunFailsAndItIsReturnedTo(RemoteTransport transport)
    {
        using var one = new ServingNode(TestModels.AddOne);
        using var two = new ServingNode(TestModels.AddOne);
        using var three = new ServingNode(TestModels.AddOne);
        await Task.WhenAll(one.StartAsync(), two.StartAsync(), three.StartAsync());
        await using var node = new EdgeNode(options =>
        {
            options.Transport = transport;
            foreach (var server in new[] { one, two, three })
            {
                options.Endpoints.Add(server.AddressOf(transport));
            }
        });
        await using var lease = await node.LoadAsync(TestModels.AddOne.Name, RemotePolicy.RemoteOnly);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task[] clients = [.. Enumerable.Range(0, Clients).Select(_ => RunAsync(lease, end.Token))];

        await RunsAsync(clients);
        Assert.NotEqual(0, await one.CountRunsAsync());
        var left = node.Log.NextAsync("gets no runs");
        one.Kill();
        await left;
        await RunsAsync(clients);
        Assert.NotNull(node.Cluster.Endpoints[0].Problem);
        Assert.Null(node.Cluster.FindProblem(node.Cluster.Devices[0]));

        var well = node.Log.NextAsync("is well again");
        await one.StartAsync();
        await well;
        while (await one.CountRunsAsync() == 0)
        {
            await RunsAsync(clients);
        }

        await end.CancelAsync();
        await Task.WhenAll(clients);
        Assert.Empty(node.Faults);
    }

    private async Task RunAsync(IModelLease lease, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            using var outputs = await lease.RunAsync(TestModels.AddOne.CreateInputs(), Cancellation);
            Assert.Equal(["y"], outputs.Keys);
            _succeeded.Release();
        }
    }

    // Until so many more have succeeded; a client that fails ends the test.
    private async Task RunsAsync(Task[] clients)
    {
        for (var i = 0; i < RunsBetween; i++)
        {
            var succeeded = _succeeded.WaitAsync(Cancellation);
            await Task.WhenAny([succeeded, .. clients]);
            if (Array.Find(clients, client => client.IsFaulted) is { } failed)
            {
                await failed;
            }

            await succeeded;
        }
    }
}
