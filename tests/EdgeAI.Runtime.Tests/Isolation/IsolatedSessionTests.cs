using System.Diagnostics;
using System.Globalization;
using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Isolation;
using EdgeAI.Memory;
using EdgeAI.Providers;
using EdgeAI.Storage;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Processes;
using Microsoft.Extensions.Time.Testing;

namespace EdgeAI.Runtime.Tests.Isolation;

/// <summary>Workers that die, hang, and are sent signals.</summary>
public sealed class IsolatedSessionTests : IAsyncLifetime
{
    private static readonly MemoryUse Room = new(1L << 30, 1L << 30, 0);

    private readonly FakeTimeProvider _time = new();
    private readonly TestRuntime _test = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _test.ImportAsync(TestModels.Loop);

    public ValueTask DisposeAsync() => _test.DisposeAsync();

    [Fact]
    public async Task Run_WorkerDiesAgainAndAgain_StartsAnotherLaterEachTime()
    {
        using var files = await MaterializeAsync();
        using var session = await StartAsync(files);
        foreach (var seconds in new[] { 0, 1, 2, 4 })
        {
            await KillAsync(session);
            var died = Assert.Throws<ModelWorkerException>(() => Run(session));
            Assert.Equal((TimeSpan.FromSeconds(seconds), "loop:latest", "cpu:0"), (died.RetryAfter, died.Model, died.Device));
            Assert.NotEqual(0, died.ExitCode);
            if (seconds > 0)
            {
                _time.Advance(died.RetryAfter - TimeSpan.FromMilliseconds(1));
                Assert.Throws<ModelWorkerException>(() => Run(session));
                Assert.Null(session.WorkerId);
                _time.Advance(TimeSpan.FromMilliseconds(1));
            }

            // It comes back with a run that fails, which is no proof that it can do its work.
            Assert.Throws<InferenceException>(() => session.Run(new ModelInputs { ["x"] = TensorValue.Scalar(1f) }, Cancellation));
        }

        Assert.Equal(Run(session), Run(session));
        await KillAsync(session);
        Assert.Equal(TimeSpan.Zero, Assert.Throws<ModelWorkerException>(() => Run(session)).RetryAfter);
    }

    [Fact]
    public async Task Run_Cancelled_StopsInTheWorker()
    {
        using var files = await MaterializeAsync();
        using var session = await StartAsync(files);
        var worker = session.WorkerId;
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        cancellation.CancelAfter(TimeSpan.FromMilliseconds(100));

        Assert.ThrowsAny<OperationCanceledException>(() => session.Run(TestModels.LoopInputs(long.MaxValue), cancellation.Token));

        Run(session);
        Assert.Equal(worker, session.WorkerId);
    }

    [Fact]
    public async Task Run_CancelledAndNotHeeded_KillsTheWorker()
    {
        using var files = await MaterializeAsync();
        using var session = await StartAsync(files);
        var worker = session.WorkerId!.Value;
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = await StartEndlessRunAsync(session, cancellation.Token);
        await SignalAsync("STOP", worker);
        await cancellation.CancelAsync();

        // The run's timer may be made after a step of the clock.
        while (!running.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            await Task.WhenAny(running, Task.Delay(10, Cancellation));
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Run(session);
        Assert.NotEqual(worker, session.WorkerId);
    }

    [Fact]
    public async Task Run_WorkersKilledUnderLoad_EachRunIsRightOrSaysWhy()
    {
        using var files = await MaterializeAsync();
        using var session = await StartAsync(files);
        var expected = Run(session);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(() => CallAsync(ending.Token), Cancellation)).ToArray();
        for (var kills = 0; kills < 10;)
        {
            await Task.Delay(20, Cancellation);
            _time.Advance(TimeSpan.FromMinutes(1));
            if (session.WorkerId is { } worker)
            {
                await SignalAsync("KILL", worker);
                kills++;
            }
        }

        await ending.CancelAsync();

        Assert.True((await Task.WhenAll(callers)).Sum() > 0);
        _time.Advance(TimeSpan.FromMinutes(1));
        while (true)
        {
            try
            {
                Assert.Equal(expected, Run(session));
                return;
            }
            catch (ModelWorkerException)
            {
                // The last one that was killed.
                _time.Advance(TimeSpan.FromMinutes(1));
            }
        }

        async Task<int> CallAsync(CancellationToken ending)
        {
            var deaths = 0;
            while (!ending.IsCancellationRequested)
            {
                try
                {
                    Assert.Equal(expected, Run(session));
                }
                catch (ModelWorkerException)
                {
                    deaths++;
                    await Task.Delay(1, Cancellation);
                }
                catch (ModelLoadException)
                {
                    // Killed while it loaded.
                }
            }

            return deaths;
        }
    }

    [Fact]
    public async Task Dispose_WhileARunGoesOn_EndsIt()
    {
        using var files = await MaterializeAsync();
        var session = await StartAsync(files);
        using var worker = Process.GetProcessById(session.WorkerId!.Value);
        var running = await StartEndlessRunAsync(session, Cancellation);

        session.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => running);
        await worker.WaitForExitAsync(Cancellation);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public async Task Run_AfterASignalToTheAppsGroup_GoesOn(string signal)
    {
        using var files = await MaterializeAsync();
        using var session = await StartAsync(files);
        var worker = session.WorkerId!.Value;

        await SignalAsync(signal, worker);

        Run(session);
        Assert.Equal(worker, session.WorkerId);
    }

    // It is on when the worker works.
    private static async Task<Task> StartEndlessRunAsync(IsolatedSession session, CancellationToken cancellationToken)
    {
        using var worker = Process.GetProcessById(session.WorkerId!.Value);
        var before = worker.TotalProcessorTime;
        var running = Task.Run(() => session.Run(TestModels.LoopInputs(long.MaxValue), cancellationToken), Cancellation);
        while (worker.TotalProcessorTime - before < TimeSpan.FromMilliseconds(200))
        {
            await Task.Delay(10, Cancellation);
            worker.Refresh();
        }

        return running;
    }

    private static async Task SignalAsync(string signal, int process) =>
        await ChildProcess.RunAsync("kill", [$"-{signal}", process.ToString(CultureInfo.InvariantCulture)], null, Cancellation);

    private static async Task KillAsync(IsolatedSession session)
    {
        using var worker = Process.GetProcessById(session.WorkerId!.Value);
        worker.Kill();
        await worker.WaitForExitAsync(Cancellation);
    }

    private static float[] Run(IsolatedSession session)
    {
        using var outputs = session.Run(TestModels.LoopInputs(1), Cancellation);
        return outputs[0].AsTensor().ToArray<float>();
    }

    private async Task<IHotModel> MaterializeAsync() => await _test.Runtime.Store.MaterializeAsync(TestModels.Loop.Name, Cancellation);

    private async Task<IsolatedSession> StartAsync(IHotModel files) => (IsolatedSession)await IsolatedSession.CreateAsync(
        TestModels.Loop.Name, files, new ExecutionDevice("cpu", DeviceKind.Cpu, "0", "CPU"), new InferenceOptions(), Room, _time, Cancellation);
}
