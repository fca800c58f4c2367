using EdgeAI.Storage.Clusters;
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
