using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace EdgeAI.Inference;

/// <summary>What goes into a run, by name: <c>new ModelInputs { ["x"] = TensorValue.Create(pixels, 1, 3, 224, 224) }</c>.</summary>
/// <remarks>Not thread-safe while it is filled; any number of runs may read it at once. It owns nothing.</remarks>
public sealed class ModelInputs : IReadOnlyDictionary<string, ModelValue>
{
    private readonly Dictionary<string, ModelValue> _values = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public int Count => _values.Count;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _values.Keys;

    /// <inheritdoc/>
    public IEnumerable<ModelValue> Values => _values.Values;

    /// <summary>The value of an input.</summary>
    /// <param name="key">The input's name in the model.</param>
    public ModelValue this[string key]
    {
        get => _values[key];
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _values[key] = value;
        }
    }

    /// <summary>Adds an input.</summary>
    /// <param name="name">The input's name in the model.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="ArgumentException">There is a value under that name.</exception>
    public void Add(string name, ModelValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _values.Add(name, value);
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _values.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out ModelValue value) => _values.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, ModelValue>> GetEnumerator() => _values.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
