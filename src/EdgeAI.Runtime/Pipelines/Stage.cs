using System.Threading.Channels;

namespace EdgeAI.Pipelines;

/// <summary>A stage of a run: takes items, works on some of them at once, and hands on what comes of each.</summary>
/// <param name="scope">The run.</param>
/// <param name="name">What failures call it.</param>
/// <param name="options">How it works.</param>
/// <param name="work">Makes results of an item, none or many, and writes them.</param>
internal sealed class Stage<TIn, TOut>(
    PipelineScope scope,
    string name,
    StageOptions options,
    Func<Flow<TIn>, ChannelWriter<Flow<TOut>>, ValueTask> work)
{
    /// <summary>Begins the stage behind another one.</summary>
    public ChannelReader<Flow<TOut>> Start(ChannelReader<Flow<TIn>> input)
    {
        var isOrdered = options is { KeepOrder: true, Parallelism: > 1 };
        var output = scope.CreateBuffer<TOut>(options.Buffer, hasOneWriter: isOrdered || options.Parallelism == 1);
        scope.Start(output.Writer, () => isOrdered ? RunInOrderAsync(input, output.Writer) : RunAsync(input, output.Writer));
        return output.Reader;
    }

    private Task RunAsync(ChannelReader<Flow<TIn>> input, ChannelWriter<Flow<TOut>> output) =>
        options.Parallelism == 1 ? WorkAsync(input, output) : RunTogetherAsync(input, output);

    // A worker that fails ends the run, and with it the others: all have ended before the stage has.
    private async Task RunTogetherAsync(ChannelReader<Flow<TIn>> input, ChannelWriter<Flow<TOut>> output)
    {
        var workers = new Task[options.Parallelism];
        for (var i = 0; i < workers.Length; i++)
        {
            workers[i] = Task.Run(() => GuardAsync(WorkAsync(input, output)), CancellationToken.None);
        }

        await Task.WhenAll(workers).ConfigureAwait(false);
    }

    private async Task WorkAsync(ChannelReader<Flow<TIn>> input, ChannelWriter<Flow<TOut>> output)
    {
        while (await input.WaitToReadAsync(scope.Token).ConfigureAwait(false))
        {
            while (!scope.Token.IsCancellationRequested && input.TryRead(out var flow))
            {
                await WorkOnAsync(flow, output).ConfigureAwait(false);
            }
        }
    }

    // Each item writes to a buffer of its own; these are emptied in the items' order. A place is taken by an item until it is handed on, which bounds what is ready early.
    private async Task RunInOrderAsync(ChannelReader<Flow<TIn>> input, ChannelWriter<Flow<TOut>> output)
    {
        using var places = new SemaphoreSlim(options.Parallelism);
        var pending = Channel.CreateUnbounded<(ChannelReader<Flow<TOut>> Results, Task Work)>();
        var handing = GuardAsync(HandOnAsync(pending.Reader, places, output));
        try
        {
            while (await input.WaitToReadAsync(scope.Token).ConfigureAwait(false))
            {
                await places.WaitAsync(scope.Token).ConfigureAwait(false);
                if (!input.TryRead(out var flow))
                {
                    places.Release();
                    continue;
                }

                var results = Channel.CreateBounded<Flow<TOut>>(options.Buffer);
                var working = Task.Run(() => GuardAsync(WorkOnAsync(flow, results.Writer).AsTask(), results.Writer), CancellationToken.None);
                pending.Writer.TryWrite((results.Reader, working));
            }
        }
        finally
        {
            pending.Writer.Complete();
            await handing.ConfigureAwait(false);
            while (pending.Reader.TryRead(out var item))
            {
                await DiscardAsync(item.Results, item.Work).ConfigureAwait(false);
            }
        }
    }

    private async Task HandOnAsync(ChannelReader<(ChannelReader<Flow<TOut>> Results, Task Work)> pending, SemaphoreSlim places, ChannelWriter<Flow<TOut>> output)
    {
        await foreach (var (results, working) in pending.ReadAllAsync(scope.Token).ConfigureAwait(false))
        {
            try
            {
                await foreach (var result in results.ReadAllAsync(scope.Token).ConfigureAwait(false))
                {
                    await scope.WriteAsync(output, result).ConfigureAwait(false);
                }
            }
            finally
            {
                await DiscardAsync(results, working).ConfigureAwait(false);
            }

            places.Release();
        }
    }

    private async Task DiscardAsync(ChannelReader<Flow<TOut>> results, Task working)
    {
        await working.ConfigureAwait(false);
        while (results.TryRead(out var left))
        {
            scope.Discard(left);
        }
    }

    // Words of failures and ends pass by.
    private async ValueTask WorkOnAsync(Flow<TIn> flow, ChannelWriter<Flow<TOut>> output)
    {
        if (flow.Kind != FlowKind.Item)
        {
            await scope.WriteAsync(output, flow.As<TOut>()).ConfigureAwait(false);
            return;
        }

        try
        {
            await work(flow, output).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !scope.Token.IsCancellationRequested)
        {
            scope.Fail(name, flow.Value, exception);
            if (flow.Group is not null)
            {
                await scope.WriteAsync(output, flow.Failed<TOut>()).ConfigureAwait(false);
            }
        }
    }

    // Ends the run with a failure, and never fails itself, so that whoever waits for several waits for all.
    private async Task GuardAsync(Task working, ChannelWriter<Flow<TOut>>? results = null)
    {
        try
        {
            await working.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (scope.Token.IsCancellationRequested)
        {
            // The run has ended, and knows why.
        }
        catch (Exception exception)
        {
            scope.Stop(exception);
        }
        finally
        {
            results?.TryComplete();
        }
    }
}
