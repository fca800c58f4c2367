using EdgeAI.Remote.Balancing;
using EdgeAI.Remote.Configuration;
using EdgeAI.Remote.Discovery;
using EdgeAI.Remote.Protocol;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Remote.Tests.Balancing;

public sealed class PowerOfTwoChoicesTests : IDisposable
{
    private static readonly RemoteModelName Model = new("add", string.Empty);

    private readonly FakeTimeProvider _time = new();
    private readonly Endpoint[] _endpoints;
    private readonly Random _random = new(7);

    public PowerOfTwoChoicesTests() => _endpoints =
    [
        .. Enumerable.Range(1, 3).Select(number => new Endpoint(new EndpointAddress(new Uri($"http://node-{number}:8001")), new FakeTransport(), new RemoteClusterOptions(), _time)),
    ];

    public void Dispose() => Array.ForEach(_endpoints, endpoint => endpoint.Dispose());

    [Fact]
    public void Choose_EqualEndpoints_AreTakenAboutEquallyOften()
    {
        var counts = Count(3000);

        Assert.All(counts, count => Assert.InRange(count, 800, 1200));
    }

    [Fact]
    public void Choose_EndpointWithMoreOutstandingWork_GetsLess()
    {
        for (var i = 0; i < 5; i++)
        {
            _endpoints[0].Enter();
        }

        Assert.Equal(0, Count(1000)[0]);
    }

    [Fact]
    public void Choose_SlowEndpointWithTheSameNumberOfRuns_GetsLess()
    {
        _endpoints[0].NoteDuration(TimeSpan.FromMilliseconds(500));
        _endpoints[1].NoteDuration(TimeSpan.FromMilliseconds(5));
        _endpoints[2].NoteDuration(TimeSpan.FromMilliseconds(5));
        Assert.Equal(0, Count(1000)[0]);

        // Unasked for a while, it is as good as any: else it could not show that it has become faster.
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.NotEqual(0, Count(1000)[0]);
    }

    [Fact]
    public void Choose_EndpointThatIsDown_IsTheLastResort()
    {
        _endpoints[0].NoteDown("it is gone");
        _endpoints[1].NoteDown("it is gone too");

        Assert.Equal([0, 0, 100], Count(100));
        Assert.Same(_endpoints[2], PowerOfTwoChoices.Choose(_endpoints, Model, [_endpoints[2]], _random.Next));
        _endpoints[2].NoteDown("and this");
        Assert.NotSame(_endpoints[2], PowerOfTwoChoices.Choose(_endpoints, Model, [_endpoints[2]], _random.Next));
        Assert.Null(PowerOfTwoChoices.Choose([], Model, [], _random.Next));
    }

    [Fact]
    public void Choose_EndpointThatLacksTheModel_IsPassedOverForAWhile()
    {
        _endpoints[0].NoteMissing(Model);

        Assert.Equal(0, Count(100)[0]);
        Assert.NotNull(PowerOfTwoChoices.Choose([_endpoints[0]], Model, [], _random.Next));
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.NotEqual(0, Count(100)[0]);
    }

    private int[] Count(int times)
    {
        var counts = new int[_endpoints.Length];
        for (var i = 0; i < times; i++)
        {
            counts[Array.IndexOf(_endpoints, PowerOfTwoChoices.Choose(_endpoints, Model, [], _random.Next))]++;
        }

        return counts;
    }
}
