using EdgeAI.Models;

namespace EdgeAI.Inference;

/// <summary>A value that goes into a model or comes out of it: a tensor, a sequence, a map, or nothing.</summary>
/// <remarks>
/// Values over the caller's memory own nothing; disposing them does nothing. Values that a run made own native memory, and
/// <see cref="ModelOutputs"/> disposes them together. Reading is thread-safe; disposing while another thread reads is not.
/// </remarks>
public abstract class ModelValue : IDisposable
{
    private protected ModelValue(ModelValueKind kind) => Kind = kind;

    /// <summary>What it is.</summary>
    public ModelValueKind Kind { get; }

    /// <summary>This value as a tensor.</summary>
    /// <exception cref="InvalidOperationException">It is something else.</exception>
    public TensorValue AsTensor() => As<TensorValue>();

    /// <summary>This value as a sequence.</summary>
    /// <exception cref="InvalidOperationException">It is something else.</exception>
    public SequenceValue AsSequence() => As<SequenceValue>();

    /// <summary>This value as a map.</summary>
    /// <exception cref="InvalidOperationException">It is something else.</exception>
    public MapValue AsMap() => As<MapValue>();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives back what the value owns; may be called more than once.</summary>
    /// <param name="disposing">Always true: values have no finalizer, the memory behind them has.</param>
    protected virtual void Dispose(bool disposing)
    {
    }

    private T As<T>()
        where T : ModelValue =>
        this as T ?? throw new InvalidOperationException($"This value is a {Kind}, not a {typeof(T).Name}.");
}
