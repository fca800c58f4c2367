using EdgeAI.Models;

namespace EdgeAI.Inference;

/// <summary>A map, held as two tensors of one dimension and equal length. It owns both.</summary>
public sealed class MapValue : ModelValue
{
    /// <summary>Makes a map.</summary>
    /// <param name="keys">Integers or strings, one dimension; disposed with the map.</param>
    /// <param name="values">As many values; disposed with the map.</param>
    /// <exception cref="ArgumentException">There are not as many values as keys.</exception>
    public MapValue(TensorValue keys, TensorValue values)
        : base(ModelValueKind.Map)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        if (keys.Length != values.Length)
        {
            throw new ArgumentException($"There are {keys.Length} keys and {values.Length} values.", nameof(values));
        }

        Keys = keys;
        Values = values;
    }

    /// <summary>The keys, in the order of <see cref="Values"/>.</summary>
    public TensorValue Keys { get; }

    /// <summary>The values, in the order of <see cref="Keys"/>.</summary>
    public TensorValue Values { get; }

    /// <summary>The map as a dictionary of its own.</summary>
    /// <typeparam name="TKey"><see cref="long"/> or <see cref="string"/>, as the model has it.</typeparam>
    /// <typeparam name="TValue">The type of the values.</typeparam>
    /// <exception cref="InvalidOperationException">Keys or values have another type.</exception>
    public Dictionary<TKey, TValue> ToDictionary<TKey, TValue>()
        where TKey : notnull
    {
        var keys = Keys.AsSpan<TKey>();
        var values = Values.AsSpan<TValue>();
        var result = new Dictionary<TKey, TValue>(keys.Length);
        for (var i = 0; i < keys.Length; i++)
        {
            result.Add(keys[i], values[i]);
        }

        return result;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Keys.Dispose();
        Values.Dispose();
        base.Dispose(disposing);
    }
}
