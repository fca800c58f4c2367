using System.Globalization;
using System.Threading.Channels;
using EdgeAI.Inference;

namespace EdgeAI.Pipelines;

/// <summary>The definition of a pipeline. Each method returns a new one, and leaves this as it is; any number of runs may go on at once.</summary>
/// <typeparam name="TIn">What goes into the first stage.</typeparam>
/// <typeparam name="TOut">What comes out of the last stage.</typeparam>
/// <remarks>
/// Thread-safe. Between two stages is a buffer of bounded size: a stage that is faster than the next one stands still when it is full, up to the source. Stages run on threads of the pool.
/// </remarks>
public sealed class Pipeline<TIn, TOut>
{
    private readonly PipelineOptions _options;
    private readonly Func<PipelineScope, ChannelReader<Flow<TIn>>, ChannelReader<Flow<TOut>>> _connect;
    private readonly int _stages;
    private readonly int _depth;

    internal Pipeline(PipelineOptions options, Func<PipelineScope, ChannelReader<Flow<TIn>>, ChannelReader<Flow<TOut>>> connect, int stages, int depth)
    {
        _options = options;
        _connect = connect;
        _stages = stages;
        _depth = depth;
    }

    /// <summary>Adds a stage that makes one result of each item.</summary>
    /// <typeparam name="TNext">The result.</typeparam>
    /// <param name="work">Makes it. The token is cancelled when the run ends early.</param>
    /// <param name="options">How the stage works; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public Pipeline<TIn, TNext> Then<TNext>(Func<TOut, CancellationToken, ValueTask<TNext>> work, StageOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        return Add<TNext>(
            options,
            _depth,
            scope => async (flow, output) =>
                await scope.WriteAsync(output, flow.With(await work(flow.Value, scope.Token).ConfigureAwait(false))).ConfigureAwait(false));
    }

    /// <summary>Adds a stage that makes one result of each item, without waiting for anything.</summary>
    /// <typeparam name="TNext">The result.</typeparam>
    /// <param name="work">Makes it.</param>
    /// <param name="options">How the stage works; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public Pipeline<TIn, TNext> Then<TNext>(Func<TOut, TNext> work, StageOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        return Add<TNext>(options, _depth, scope => (flow, output) => scope.WriteAsync(output, flow.With(work(flow.Value))));
    }

    /// <summary>Adds a stage that runs a model on each item. Load the model with batching, and give the stage parallelism, to have items share runs.</summary>
    /// <typeparam name="TNext">The result.</typeparam>
    /// <param name="model">The model, which the caller holds as long as runs of the pipeline go on.</param>
    /// <param name="inputs">Makes the model's inputs of an item.</param>
    /// <param name="read">Makes the result of the item and what the model gave for it, which is disposed afterwards: copy what must outlive it.</param>
    /// <param name="options">How the stage works; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public Pipeline<TIn, TNext> ThenRun<TNext>(
        IModelLease model,
        Func<TOut, IReadOnlyDictionary<string, ModelValue>> inputs,
        Func<TOut, ModelOutputs, TNext> read,
        StageOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(read);
        return Then(
            async (item, cancellationToken) =>
            {
                using var outputs = await model.RunAsync(inputs(item), cancellationToken).ConfigureAwait(false);
                return read(item, outputs);
            },
            options);
    }

    /// <summary>Adds a stage that makes any number of results of each item. Each goes on as soon as it is made.</summary>
    /// <typeparam name="TNext">A result.</typeparam>
    /// <param name="work">Makes them. The token is cancelled when the run ends early.</param>
    /// <param name="options">How the stage works; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public Pipeline<TIn, TNext> ThenMany<TNext>(Func<TOut, CancellationToken, IAsyncEnumerable<TNext>> work, StageOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        return Add<TNext>(options, _depth + 1, scope => (flow, output) => ExpandAsync(scope, flow, work(flow.Value, scope.Token), output));
    }

    /// <summary>Adds a stage that makes any number of results of each item, without waiting for anything.</summary>
    /// <typeparam name="TNext">A result.</typeparam>
    /// <param name="work">Makes them.</param>
    /// <param name="options">How the stage works; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public Pipeline<TIn, TNext> ThenMany<TNext>(Func<TOut, IEnumerable<TNext>> work, StageOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        return ThenMany((item, _) => work(item).ToAsyncEnumerable(), options);
    }

    /// <summary>
    /// Puts together what the last <c>ThenMany</c> that is not gathered yet has made of one item: a list in the order in which it was made, without what failed on the way; empty when nothing was
    /// made. Nothing comes of an item that failed in that stage itself.
    /// </summary>
    /// <param name="buffer">How many lists may wait for the next stage, from 1 to 1048576; 4 by default.</param>
    /// <exception cref="InvalidOperationException">Nothing is there to be gathered.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The buffer is out of its range.</exception>
    public Pipeline<TIn, IReadOnlyList<TOut>> Gather(int buffer = 4)
    {
        _ = new StageOptions { Buffer = buffer }.Require();
        return _depth == 0
            ? throw new InvalidOperationException("There is nothing to gather: no ThenMany stands before this Gather, or each has a Gather of its own.")
            : new(_options, (scope, input) => new GatherStage<TOut>(scope, _depth, buffer).Start(_connect(scope, input)), _stages, _depth - 1);
    }

    /// <summary>Begins a run. Its stages work from now on, as far as their buffers let them.</summary>
    /// <param name="source">The items; asked for as the first stage takes them, and two ahead at most.</param>
    /// <param name="cancellationToken">Ends the run; who reads the results gets an exception with this token.</param>
    /// <returns>The run, whose results can be read once. Dispose it, or read it to its end.</returns>
    public PipelineRun<TOut> Start(IAsyncEnumerable<TIn> source, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        var scope = new PipelineScope(_options);
        var first = scope.CreateBuffer<TIn>(1, hasOneWriter: true);
        var results = _connect(scope, first.Reader);
        scope.Start(first.Writer, () => FeedAsync(scope, source, first.Writer));
        return new PipelineRun<TOut>(scope, results, cancellationToken);
    }

    /// <summary>Begins a run. Its stages work from now on, as far as their buffers let them.</summary>
    /// <param name="source">The items; asked for as the first stage takes them, and two ahead at most.</param>
    /// <param name="cancellationToken">Ends the run; who reads the results gets an exception with this token.</param>
    /// <returns>The run, whose results can be read once. Dispose it, or read it to its end.</returns>
    public PipelineRun<TOut> Start(IEnumerable<TIn> source, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Start(source.ToAsyncEnumerable(), cancellationToken);
    }

    private static async Task FeedAsync(PipelineScope scope, IAsyncEnumerable<TIn> source, ChannelWriter<Flow<TIn>> output)
    {
        await foreach (var item in source.WithCancellation(scope.Token).ConfigureAwait(false))
        {
            await scope.WriteAsync(output, new Flow<TIn>(FlowKind.Item, item, null, 0)).ConfigureAwait(false);
        }
    }

    private static async ValueTask ExpandAsync<TNext>(PipelineScope scope, Flow<TOut> flow, IAsyncEnumerable<TNext> results, ChannelWriter<Flow<TNext>> output)
    {
        var group = new FlowGroup(flow.Group, flow.Index);
        var count = 0;
        try
        {
            await foreach (var result in results.WithCancellation(scope.Token).ConfigureAwait(false))
            {
                await scope.WriteAsync(output, new Flow<TNext>(FlowKind.Item, result, group, count++)).ConfigureAwait(false);
            }
        }
        catch when (!scope.Token.IsCancellationRequested)
        {
            await scope.WriteAsync(output, new Flow<TNext>(FlowKind.Broken, default!, group, count)).ConfigureAwait(false);
            throw;
        }

        await scope.WriteAsync(output, new Flow<TNext>(FlowKind.End, default!, group, count)).ConfigureAwait(false);
    }

    private Pipeline<TIn, TNext> Add<TNext>(StageOptions? options, int depth, Func<PipelineScope, Func<Flow<TOut>, ChannelWriter<Flow<TNext>>, ValueTask>> work)
    {
        var checkedOptions = (options ?? StageOptions.Default).Require();
        var name = checkedOptions.Name ?? (_stages + 1).ToString(CultureInfo.InvariantCulture);
        return new(
            _options,
            (scope, input) => new Stage<TOut, TNext>(scope, name, checkedOptions, work(scope)).Start(_connect(scope, input)),
            _stages + 1,
            depth);
    }
}
