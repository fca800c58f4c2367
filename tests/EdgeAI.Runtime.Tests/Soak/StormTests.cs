using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Loading;
using EdgeAI.Providers;
using EdgeAI.Runtime.Tests.Baseline;
using EdgeAI.Runtime.Tests.Memory;
using EdgeAI.Runtime.Tests.Scheduling;
using EdgeAI.Testing;
using EdgeAI.Testing.Catalogue;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeAI.Runtime.Tests.Soak;

/// <summary>Runs that are given up, engines that end, and files that go, while models run.</summary>
public sealed class StormTests
{
    private const int Callers = 8;
    private const int Rounds = 20;

    private static int Cancels => NightlyRun.Count(2_000, 10_000);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Runs_ThousandsOfCancels_LeavesNothingStuck()
    {
        var npu = new TestProvider("npu", DeviceKind.Npu)
        {
            OnRun = (_, token) =>
            {
                token.ThrowIfCancellationRequested();
                return TestProvider.Sum(33);
            },
        };
        await using var test = new TestRuntime(
            options =>
            {
                options.Inference.Devices["npu:0"] = new DeviceOptions { MaxConcurrentRuns = 1, QueueLength = 2 };
                options.Inference.Devices["cpu:0"] = new DeviceOptions { MaxConcurrentRuns = 2, QueueLength = 2 };
            },
            builder => builder.Services.AddSingleton<IExecutionProvider>(npu));
        await using (var lease = await test.LoadAsync(TestModels.Add))
        {
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => GiveUpAsync(lease, new Random(NightlyRun.Seed + caller)), Cancellation)));

            Assert.Equal(0, ((InferenceEngine)test.Runtime.Engine).WaitingRuns);
            foreach (var device in new[] { "npu:0", "cpu:0" })
            {
                using var outputs = lease.TryRun(TestModels.Add.CreateInputs(), new ModelRunOptions { Device = device }, Cancellation);
                Assert.NotNull(outputs);
            }
        }

        Assert.All(test.Runtime.Engine.GetMemory().Models, model => Assert.Equal((0, 0), (model.Leases, model.Pins)));
        Assert.True(await test.Runtime.Engine.SwapOutAsync("add", Cancellation));
        Assert.Equal(default, test.Runtime.Engine.GetMemory().Reserved);
    }

    [Fact]
    public async Task DisposeAsync_WhileModelsRun_LetsRunsEnd()
    {
        using var expected = PlainRuntime.Run(TestModels.Mlp, TestModels.Mlp.CreateInputs());
        var random = new Random(NightlyRun.Seed);
        for (var round = 0; round < Rounds; round++)
        {
            var test = new TestRuntime();
            var lease = await test.LoadAsync(TestModels.Mlp);
            var started = new SemaphoreSlim(0);
            var runners = Enumerable.Range(0, Callers / 2).Select(_ => Task.Run(() => RunUntilRefusedAsync(lease, expected, started), Cancellation)).ToArray();
            for (var runs = random.Next(1, 20); runs > 0; runs--)
            {
                await started.WaitAsync(Cancellation);
            }

            // In either order: an engine may end before its leases, and what is held then leaves with them.
            if (round % 2 == 0)
            {
                await lease.DisposeAsync();
                await test.Runtime.DisposeAsync();
            }
            else
            {
                await test.Runtime.DisposeAsync();
                await lease.DisposeAsync();
            }

            await Task.WhenAll(runners);
            await test.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_HotFilesReplacedWhileMapped_GoesOnAndTheNextLoadMakesThemAgain(bool isDeleted)
    {
        await using var test = new TestRuntime(options => options.Inference.KeepAlive = TimeSpan.Zero);
        using var expected = PlainRuntime.Run(TestModels.MatMul, TestModels.MatMul.CreateInputs());
        await using (var lease = await test.LoadAsync(TestModels.MatMul))
        {
            foreach (var path in Directory.GetFiles(Path.Combine(test.DataDirectory, "hot"), "*.*", SearchOption.AllDirectories).Where(path => path.EndsWith(".bin", StringComparison.Ordinal) || path.EndsWith(".onnx", StringComparison.Ordinal)))
            {
                // By a new file: what is mapped stays, as it does when a backup or a repair writes files.
                var content = await File.ReadAllBytesAsync(path, Cancellation);
                File.Delete(path);
                if (!isDeleted)
                {
                    await File.WriteAllBytesAsync(path, content[..(content.Length / 2)], Cancellation);
                }
            }

            for (var i = 0; i < 3; i++)
            {
                using var actual = lease.Run(TestModels.MatMul.CreateInputs(), Cancellation);
                ModelValueAssert.Same(expected, actual);
            }
        }

        await SizedModels.UntilAsync(() => test.Runtime.Engine.GetMemory().Models.Count == 0);
        await using var again = await test.Runtime.Engine.LoadAsync(TestModels.MatMul.Name, Cancellation);
        using var outputs = again.Run(TestModels.MatMul.CreateInputs(), Cancellation);
        ModelValueAssert.Same(expected, outputs);
    }

    private static async Task GiveUpAsync(IModelLease lease, Random random)
    {
        using var binding = lease.Bind(TestModels.Add.CreateInputs());
        for (var i = 0; i < Cancels / Callers; i++)
        {
            using var cancellation = new CancellationTokenSource();
            var options = new ModelRunOptions { Priority = (RunPriority)random.Next(3) - 1, Deadline = random.Next(4) == 0 ? TimeSpan.FromMilliseconds(random.Next(1, 3)) : null };
            var running = Task.Run(() => RunAsync(lease, binding, options, random.Next(4), cancellation.Token), CancellationToken.None);
            for (var turns = random.Next(4); turns > 0; turns--)
            {
                await Task.Yield();
            }

            await cancellation.CancelAsync();
            var failure = await Record.ExceptionAsync(() => running);
            Assert.True(failure is null or OperationCanceledException or RunDeadlineException, $"{failure}");
        }
    }

    private static async Task RunAsync(IModelLease lease, IModelBinding binding, ModelRunOptions options, int form, CancellationToken cancellationToken)
    {
        switch (form)
        {
            case 0:
                binding.Run(options, cancellationToken);
                break;
            case 1:
                lease.Run(TestModels.Add.CreateInputs(), options, cancellationToken).Dispose();
                break;
            case 2:
                (await lease.TryRunAsync(TestModels.Add.CreateInputs(), options, cancellationToken))?.Dispose();
                break;
            default:
                (await lease.RunAsync(TestModels.Add.CreateInputs(), options, cancellationToken)).Dispose();
                break;
        }
    }

    private static async Task RunUntilRefusedAsync(IModelLease lease, ModelOutputs expected, SemaphoreSlim started)
    {
        while (true)
        {
            started.Release();
            try
            {
                using var actual = await lease.RunAsync(TestModels.Mlp.CreateInputs(), Cancellation);
                ModelValueAssert.Same(expected, actual);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }
}
