using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using EdgeAI.Inference;
using EdgeAI.Memory;
using EdgeAI.Models;
using EdgeAI.Runtime.Tests.Baseline;
using EdgeAI.Runtime.Tests.Memory;
using EdgeAI.Testing;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Runtime.Tests.Soak;

/// <summary>All that callers do, at random and at once, for as long as there is time: 15 seconds, five minutes with CI=true, an hour at night.</summary>
[Collection(nameof(MeasuredMemory))]
public sealed class SoakTests
{
    private const int Workers = 4;
    private const int Phases = 5;
    private const double Tolerance = 1e-4;

    // What five phases may add, beyond a tenth: heaps that were not cut at the same place.
    private const double Slack = 16;

    // What no step and no rest takes, however busy the machine is.
    private static readonly TimeSpan Stuck = TimeSpan.FromMinutes(3);

    private static readonly TestModel[] Models =
    [
        TestModels.Mlp, TestModels.MatMul, TestModels.Convolutions, TestModels.HalfPrecision, TestModels.DynamicallyQuantized, TestModels.Add, TestModels.MatMulOf("wide", 1024),
    ];

    private static TimeSpan Time => NightlyRun.IsOn ? TimeSpan.FromHours(1)
        : Environment.GetEnvironmentVariable("CI") == "true" ? TimeSpan.FromMinutes(5)
        : TimeSpan.FromSeconds(15);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task MixedLoad_ForALongTime_KeepsMemoryFlatAndLosesNoException()
    {
        var unobserved = new ConcurrentQueue<Exception>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs arguments) => unobserved.Enqueue(arguments.Exception);
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            var (memory, steps) = await SoakAsync();
            TestContext.Current.TestOutputHelper?.WriteLine($"{steps} steps, MB: {string.Join(' ', memory.Select(value => value.ToString("F1", CultureInfo.InvariantCulture)))}");
            Collect();
            Assert.Empty(unobserved);
            Assert.InRange(memory[^1], 0, (memory[1] * 1.1) + Slack);
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }
    }

    private static async Task<(List<double> Memory, long Steps)> SoakAsync()
    {
        await using var test = new TestRuntime(options =>
        {
            options.Memory.HostPrivateBytes = 256 << 20;
            options.Memory.HostMappedBytes = 3 << 20;
            options.Inference.KeepAlive = TimeSpan.FromMilliseconds(50);
        });
        var expected = new Dictionary<string, ModelOutputs>();
        foreach (var model in Models)
        {
            await test.ImportAsync(model);
            expected.Add(model.Name, PlainRuntime.Run(model, model.CreateInputs()));
        }

        var memory = new List<double>();
        long steps = 0;
        var at = new string[Workers];
        for (var phase = 0; phase < Phases; phase++)
        {
            var work = Task.WhenAll(Enumerable.Range(0, Workers)
                .Select(worker => Task.Run(() => WorkAsync(test.Runtime, expected, new Random(NightlyRun.Seed + (phase * Workers) + worker), worker, at), Cancellation)));
            await EndAsync(work, (Time / Phases) + Stuck, () => $"in phase {phase} at {string.Join("; ", at)}; {Describe(test.Runtime.Engine)}");
            steps += (await work).Sum();
            var rest = RestAsync(test.Runtime.Engine);
            await EndAsync(rest, Stuck, () => $"at rest after phase {phase}; {Describe(test.Runtime.Engine)}");
            memory.Add(await rest);
        }

        foreach (var outputs in expected.Values)
        {
            outputs.Dispose();
        }

        return (memory, steps);
    }

    // One that stands still says where, instead of standing until somebody ends it.
    private static async Task EndAsync(Task work, TimeSpan limit, Func<string> where)
    {
        await Task.WhenAny(work, Task.Delay(limit, Cancellation));
        Assert.True(work.IsCompleted, work.IsCompleted ? null : "Stuck " + where());
    }

    private static string Describe(IInferenceEngine engine)
    {
        var memory = engine.GetMemory();
        return $"{memory.Reserved} of {memory.Budget}: " + string.Join(", ", memory.Models.Select(model => $"{model.Reference} {model.State} with {model.Leases} leases, {model.Pins} pins and {model.Memory}"));
    }

    private static async Task<long> WorkAsync(EdgeRuntime edge, Dictionary<string, ModelOutputs> expected, Random random, int worker, string[] at)
    {
        var clock = Stopwatch.StartNew();
        long steps = 0;
        while (clock.Elapsed < Time / Phases)
        {
            var model = Models[random.Next(Models.Length)];
            try
            {
                await StepAsync(edge, model, expected[model.Name], random, worker, at);
            }
            catch (ModelPinnedException)
            {
                // Another worker has it pinned.
            }
            catch (OperationCanceledException) when (!Cancellation.IsCancellationRequested)
            {
                // As the step wanted.
            }

            steps++;
        }

        return steps;
    }

    private static async Task StepAsync(EdgeRuntime edge, TestModel model, ModelOutputs expected, Random random, int worker, string[] at)
    {
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        if (random.Next(4) == 0)
        {
            impatient.CancelAfter(TimeSpan.FromMilliseconds(random.Next(5)));
        }

        var step = random.Next(10);
        at[worker] = $"step {step} of {model.Name}";
        switch (step)
        {
            case 0:
                await edge.Engine.SwapOutAsync(model.Name, impatient.Token);
                break;
            case 1:
                await edge.Engine.SwapInAsync(model.Name, impatient.Token);
                break;
            case 2:
                await using (var pin = await edge.Engine.PinAsync(model.Name, impatient.Token))
                {
                    Check(expected, pin.Run(model.CreateInputs(), impatient.Token));
                }

                break;
            case 3:
                await BindAsync(edge, model, expected);
                break;
            case 4 when random.Next(10) == 0:
                await ReplaceAsync(edge, worker, random.Next());
                break;
            default:
                await using (var lease = await edge.Engine.LoadAsync(model.Name, impatient.Token))
                {
                    for (var runs = random.Next(1, 5); runs > 0; runs--)
                    {
                        Check(expected, await lease.RunAsync(model.CreateInputs(), impatient.Token));
                    }
                }

                break;
        }
    }

    private static async Task BindAsync(EdgeRuntime edge, TestModel model, ModelOutputs expected)
    {
        await using var lease = await edge.Engine.LoadAsync(model.Name, Cancellation);
        using var binding = lease.Bind(model.CreateInputs());
        for (var i = 0; i < 5; i++)
        {
            binding.Run(Cancellation);
            ModelValueAssert.Close(expected, binding.Outputs, Tolerance);
        }
    }

    // A version comes, is run, and goes.
    private static async Task ReplaceAsync(EdgeRuntime edge, int worker, int seed)
    {
        var model = TestModels.MatMulOf("passing", 128, seed);
        var name = $"passing-{worker}";
        await edge.Store.ImportAsync(name, ModelSource.FromMemory(model.Content), null, Cancellation);
        await using (var lease = await edge.Engine.LoadAsync(name, Cancellation))
        {
            lease.Run(model.CreateInputs(), Cancellation).Dispose();
        }

        await edge.Store.RemoveAsync(name, Cancellation);
        await edge.Store.CollectGarbageAsync(Cancellation);
    }

    private static void Check(ModelOutputs expected, ModelOutputs actual)
    {
        using (actual)
        {
            ModelValueAssert.Close(expected, actual, Tolerance);
        }
    }

    // Everything out, and what is left of the process in MB.
    private static async Task<double> RestAsync(IInferenceEngine engine)
    {
        foreach (var model in Models)
        {
            await engine.SwapOutAsync(model.Name, Cancellation);
        }

        await SizedModels.UntilAsync(() => engine.GetMemory().Models.Count == 0);
        Assert.Equal(default, engine.GetMemory().Reserved);
        Collect();
        SystemMemory.Current.Trim();
        return ReadPrivateMegabytes();
    }

    private static void Collect()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
    }

    private static double ReadPrivateMegabytes()
    {
        if (!OperatingSystem.IsLinux())
        {
            using var process = Process.GetCurrentProcess();
            return process.PrivateMemorySize64 / 1e6;
        }

        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
        return long.Parse(line["RssAnon:".Length..].Replace("kB", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024 / 1e6;
    }
}
