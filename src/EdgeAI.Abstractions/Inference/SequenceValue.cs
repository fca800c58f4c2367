using System.Collections;
using EdgeAI.Models;

namespace EdgeAI.Inference;

/// <summary>A sequence of values of one type. It owns its members.</summary>
public sealed class SequenceValue : ModelValue, IReadOnlyList<ModelValue>
{
    private readonly IReadOnlyList<ModelValue> _values;

    /// <summary>Makes a sequence.</summary>
    /// <param name="values">The members, all of one type; disposed with the sequence.</param>
    public SequenceValue(IReadOnlyList<ModelValue> values)
        : base(ModelValueKind.Sequence)
    {
        ArgumentNullException.ThrowIfNull(values);
        _values = values;
    }

    /// <inheritdoc/>
    public int Count => _values.Count;

    /// <inheritdoc/>
    public ModelValue this[int index] => _values[index];

    /// <inheritdoc/>
    public IEnumerator<ModelValue> GetEnumerator() => _values.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (var value in _values)
        {
            value.Dispose();
        }

        base.Dispose(disposing);
    }
}
