using EdgeAI.Storage.Placement;

namespace EdgeAI.Storage.Tests.Placement;

public sealed class RateBeliefsTests
{
    [Fact]
    public void RateOf_DrawnByChance_IsNearTheChance()
    {
        var (beliefs, random) = (new RateBeliefs(1e6), new Random(1));
        for (var use = 0; use < 20_000; use++)
        {
            // In the order of their first uses.
            beliefs.Use(use < 4 ? use : random.NextDouble() switch { < 0.5 => 0, < 0.7 => 1, < 0.99 => 2, _ => 3 }, use);
        }

        // As near as two levels are.
        foreach (var (model, chance) in new[] { 0.5, 0.2, 0.29, 0.01 }.Index())
        {
            Assert.InRange(beliefs.RateOf(model), chance / Math.Sqrt(2), chance * Math.Sqrt(2));
        }
    }

    [Fact]
    public void RateOf_RateChanges_IsFollowedSoonerIfRatesChangeOften()
    {
        var (stubborn, nimble) = (new RateBeliefs(1e6), new RateBeliefs(1000));
        for (var use = 0; use < 2050; use++)
        {
            // One of four each time, and then never the first again.
            var model = use < 2000 ? use % 4 : 1 + (use % 3);
            stubborn.Use(model, use);
            nimble.Use(model, use);
        }

        Assert.InRange(nimble.RateOf(0), 0, stubborn.RateOf(0) / 2);
    }

    [Fact]
    public void Use_WhatIsUsedOften_WasLikely()
    {
        var beliefs = new RateBeliefs(10_000);
        for (var use = 0; use < 1000; use++)
        {
            beliefs.Use(use % 10 == 9 ? 1 : 0, use);
        }

        Assert.InRange(beliefs.Use(0, 1000), 0.8, 1);
        Assert.InRange(beliefs.Use(1, 1001), 0.02, 0.2);
    }
}
