using EdgeAI.Storage.Clusters;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Storage.Tests.Clusters;

public sealed class ClusterCircuitTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ClusterCircuit _circuit;

    public ClusterCircuitTests() => _circuit = new ClusterCircuit(_time);

    [Fact]
    public void TryEnter_ThreeFailuresInARow_LeavesTheClusterAlone()
    {
        Ask(isWell: false);
        Ask(isWell: false);
        Ask(isWell: true);
        Ask(isWell: false);
        Ask(isWell: false);
        Assert.True(_circuit.IsUsable);
        Ask(isWell: false);

        Assert.False(_circuit.IsUsable);
        Assert.False(_circuit.TryEnter(out _));
    }

    [Fact]
    public void TryEnter_AfterThePause_LetsOneProbeInAtATime()
    {
        Open();
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(_circuit.TryEnter(out var isProbe));
        Assert.True(isProbe);
        Assert.False(_circuit.TryEnter(out _));
        _circuit.Leave(isProbe, null);
        Assert.True(_circuit.TryEnter(out _));
    }

    [Fact]
    public void Leave_ThreeGoodProbes_ReturnsToTheCluster()
    {
        Open();
        _time.Advance(TimeSpan.FromSeconds(1));
        for (var probe = 0; probe < 3; probe++)
        {
            Assert.True(_circuit.TryEnter(out var isProbe));
            Assert.True(isProbe);
            _circuit.Leave(isProbe, true);
        }

        Assert.True(_circuit.TryEnter(out var isStillProbe));
        Assert.False(isStillProbe);
    }

    [Fact]
    public void Leave_ProbeFails_WaitsTwiceAsLong()
    {
        Open();
        _time.Advance(TimeSpan.FromSeconds(1));
        Ask(isWell: true);
        Ask(isWell: false);

        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(_circuit.IsUsable);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(_circuit.IsUsable);
    }

    [Fact]
    public void Leave_ClusterThatComesAndGoes_IsLeftAloneLongerAndLonger()
    {
        var pauses = 0d;
        for (var turn = 0; turn < 10; turn++)
        {
            Open();
            while (!_circuit.IsUsable)
            {
                _time.Advance(TimeSpan.FromSeconds(0.5));
                pauses += 0.5;
            }

            Ask(isWell: true);
            Ask(isWell: true);
            Ask(isWell: true);
        }

        // 1, 2, 4 … 32, and a minute each from then on.
        Assert.Equal(63 + (4 * 60), pauses);
        _time.Advance(TimeSpan.FromMinutes(1));
        Open();
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(_circuit.IsUsable);
    }

    [Fact]
    public async Task ReadWholeAsync_PrimaryComesBack_ReturnsToItAfterProbes()
    {
        using var primary = new TestCluster();
        using var backup = new TestCluster("backup");
        foreach (var cluster in new[] { primary, backup })
        {
            using var content = new MemoryStream([1]);
            await cluster.PutAsync("packs/a.pack", content, TestContext.Current.CancellationToken);
        }

        var reader = new ClusterReader(
            [.. new[] { primary, backup }.Select(cluster => new ClusterMember(cluster.AsCluster(), new ClusterCircuit(_time)))],
            _time,
            NullLogger.Instance);
        primary.IsDown = true;
        Assert.Equal(3, await CountCallsAsync(primary, reader, 10));
        primary.IsDown = false;
        Assert.Equal(0, await CountCallsAsync(primary, reader, 10));

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(10, await CountCallsAsync(primary, reader, 10));
        Assert.Equal(0, await CountCallsAsync(backup, reader, 10));
    }

    private static async Task<int> CountCallsAsync(TestCluster cluster, ClusterReader reader, int reads)
    {
        var before = cluster.Calls;
        for (var i = 0; i < reads; i++)
        {
            Assert.NotNull(await reader.ReadWholeAsync("packs/a.pack", 1, isCached: true, _ => true, "read", TestContext.Current.CancellationToken));
        }

        return cluster.Calls - before;
    }

    private void Open()
    {
        for (var failure = 0; failure < 3; failure++)
        {
            Ask(isWell: false);
        }
    }

    private void Ask(bool isWell)
    {
        Assert.True(_circuit.TryEnter(out var isProbe));
        _circuit.Leave(isProbe, isWell);
    }
}
