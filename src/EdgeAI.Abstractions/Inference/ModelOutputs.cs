using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace EdgeAI.Inference;

/// <summary>What came out of a run, by name. Disposing it gives the memory of all its values back.</summary>
/// <remarks>Its tensors may go straight into another run; nothing is copied. Reading is thread-safe.</remarks>
public sealed class ModelOutputs : IReadOnlyDictionary<string, ModelValue>, IDisposable
{
    private readonly IReadOnlyList<string> _names;
    private readonly ModelValue[] _values;

    /// <summary>Makes a result. For execution providers.</summary>
    /// <param name="names">The outputs' names, in order.</param>
    /// <param name="values">Their values, in the same order; disposed with the result.</param>
    /// <exception cref="ArgumentException">There are not as many values as names.</exception>
    public ModelOutputs(IReadOnlyList<string> names, ModelValue[] values)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(values);
        if (names.Count != values.Length)
        {
            throw new ArgumentException($"There are {names.Count} names and {values.Length} values.", nameof(values));
        }

        _names = names;
        _values = values;
    }

    /// <summary>What the request had of its run; null where the model is not batched.</summary>
    public BatchShare? Batch { get; private init; }

    /// <inheritdoc/>
    public int Count => _values.Length;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _names;

    /// <inheritdoc/>
    public IEnumerable<ModelValue> Values => _values;

    /// <summary>The value of an output.</summary>
    /// <param name="key">The output's name in the model.</param>
    /// <exception cref="KeyNotFoundException">The model has no such output; the message lists those it has.</exception>
    public ModelValue this[string key] => TryGetValue(key, out var value)
        ? value
        : throw new KeyNotFoundException($"The run gave no output '{key}'; it gave {string.Join(", ", _names)}.");

    /// <summary>The value of an output, by its place in the model.</summary>
    /// <param name="index">0 or more.</param>
    public ModelValue this[int index] => _values[index];

    /// <summary>The tensor of an output.</summary>
    /// <param name="name">The output's name in the model.</param>
    /// <exception cref="KeyNotFoundException">The model has no such output.</exception>
    /// <exception cref="InvalidOperationException">The output is not a tensor.</exception>
    public TensorValue GetTensor(string name) => this[name].AsTensor();

    /// <summary>The same result, which says what the request had of its run. For who runs requests together.</summary>
    /// <param name="batch">The request's share.</param>
    /// <returns>A result over the same values, which is used and disposed in place of this one.</returns>
    public ModelOutputs WithBatch(BatchShare batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return new ModelOutputs(_names, _values) { Batch = batch };
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => TryGetValue(key, out _);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out ModelValue value)
    {
        for (var i = 0; i < _values.Length; i++)
        {
            if (_names[i] == key)
            {
                value = _values[i];
                return true;
            }
        }

        value = null;
        return false;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, ModelValue>> GetEnumerator()
    {
        for (var i = 0; i < _values.Length; i++)
        {
            yield return new(_names[i], _values[i]);
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var value in _values)
        {
            value.Dispose();
        }
    }
}
