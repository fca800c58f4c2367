using EdgeAI.Models;
using EdgeAI.Storage.Placement;

namespace EdgeAI.Storage.Tests.Placement;

public sealed class TierPolicyTests
{
    private const int Models = 100;

    [Fact]
    public void Order_PopularAndOneThatCameLast_SendsTheOneAway()
    {
        var policy = new TierPolicy(10);
        for (var use = 0; use < 200; use++)
        {
            policy.Use(Model(use % 2), 5);
        }

        policy.Use(Model(7), 5);

        Assert.Equal(Model(7), policy.Order([Model(0), Model(7), Model(1)])[0]);
    }

    [Fact]
    public void Order_WhatWasNeverUsed_GoesFirst()
    {
        var policy = new TierPolicy(10);
        policy.Use(Model(1), 5);

        Assert.Equal([Model(2), Model(1)], policy.Order([Model(1), Model(2)]));
    }

    [Fact]
    public void Use_DrawnByPopularity_ServesMoreThanLastUsesDo()
    {
        var random = new Random(1);
        var uses = Enumerable.Range(0, 20_000).Select(_ => (int)(Models * Math.Pow(random.NextDouble(), 3))).ToArray();

        var (policy, lastUsed) = (Play(uses, 10), PlayLastUsed(uses, 10));

        Assert.True(policy > lastUsed * 1.15, $"{policy} of {uses.Length} uses were served, {lastUsed} by the order of last uses.");
    }

    [Fact]
    public void Use_AllInTurn_ServesAPartThoughLastUsesServeNone()
    {
        var uses = Enumerable.Range(0, 20_000).Select(use => use % Models).ToArray();

        Assert.Equal(0, PlayLastUsed(uses, 10));
        Assert.InRange(Play(uses, 10), uses.Length / 20, uses.Length / 10);
    }

    [Fact]
    public void Use_PopularityChanges_IsFollowed()
    {
        var random = new Random(2);
        var uses = Enumerable.Range(0, 20_000).Select(use => ((int)(Models * Math.Pow(random.NextDouble(), 3)) + (use / 4000 * 37)) % Models).ToArray();

        Assert.True(Play(uses, 10) > PlayLastUsed(uses, 10) * 1.05);
    }

    [Fact]
    public void Use_TwoChangePlacesAtTimes_ServesMoreThanLastUsesAndCountsDo()
    {
        var random = new Random(3);
        var order = Enumerable.Range(0, Models).ToArray();
        var uses = new int[20_000];
        for (var use = 0; use < uses.Length; use++)
        {
            if (use % 40 == 0)
            {
                var (one, other) = (random.Next(Models), random.Next(Models));
                (order[one], order[other]) = (order[other], order[one]);
            }

            uses[use] = order[(int)(Models * Math.Pow(random.NextDouble(), 3))];
        }

        var (policy, lastUsed, counts) = (Play(uses, 10), PlayLastUsed(uses, 10), PlayCounts(uses, 10));

        Assert.True(policy > Math.Max(lastUsed, counts) * 1.1, $"{policy} of {uses.Length} uses were served, {lastUsed} by the order of last uses, {counts} by counts.");
    }

    [Fact]
    public void Choose_OneOfThemIsEnough_KeepsTheOthers()
    {
        var policy = new TierPolicy(100);
        foreach (var model in (int[])[1, 2, 3, 3, 3])
        {
            policy.Use(Model(model), 10);
        }

        var held = new Dictionary<Digest, long> { [Model(1)] = 5, [Model(2)] = 50, [Model(3)] = 45 };

        Assert.Equal([Model(2)], policy.Choose(held, 40));
        Assert.Equal([Model(1), Model(2)], policy.Choose(held, 55).OrderByDescending(model => model == Model(1)));
        Assert.Equal(3, policy.Choose(held, 1000).Count);
    }

    [Fact]
    public void Use_LongerThanTheTier_HarmsNothing()
    {
        var policy = new TierPolicy(10);
        policy.Use(Model(1), 11);
        policy.Use(Model(2), 5);
        policy.Use(Model(1), 11);

        Assert.Equal(2, policy.Order([Model(1), Model(2)]).Count);
    }

    private static Digest Model(int number) => Digest.Of(BitConverter.GetBytes(number));

    // Whole models of one byte in a tier of so many.
    private static int Play(int[] uses, int capacity)
    {
        var policy = new TierPolicy(capacity);
        var models = Enumerable.Range(0, Models).Select(Model).ToArray();
        var (held, served) = (new HashSet<Digest>(), 0);
        foreach (var use in uses)
        {
            policy.Use(models[use], 1);
            served += held.Add(models[use]) ? 0 : 1;
            if (held.Count > capacity)
            {
                held.Remove(policy.Order(held)[0]);
            }
        }

        return served;
    }

    private static int PlayCounts(int[] uses, int capacity)
    {
        var (counts, held, served) = (new int[Models], new HashSet<int>(), 0);
        foreach (var use in uses)
        {
            counts[use]++;
            served += held.Add(use) ? 0 : 1;
            if (held.Count > capacity)
            {
                held.Remove(held.MinBy(model => counts[model]));
            }
        }

        return served;
    }

    private static int PlayLastUsed(int[] uses, int capacity)
    {
        var (held, served) = (new List<int>(), 0);
        foreach (var use in uses)
        {
            served += held.Remove(use) ? 1 : 0;
            held.Add(use);
            if (held.Count > capacity)
            {
                held.RemoveAt(0);
            }
        }

        return served;
    }
}
