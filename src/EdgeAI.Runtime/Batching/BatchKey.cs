namespace EdgeAI.Batching;

/// <summary>What requests must have in common to share a run: which inputs they give, and all their dimensions but the first.</summary>
internal readonly struct BatchKey : IEquatable<BatchKey>
{
    private readonly long[] _dimensions;
    private readonly int _hash;

    /// <param name="dimensions">For each input of the model its number of dimensions and the dimensions after the first, or 0 when it is not given.</param>
    public BatchKey(ReadOnlySpan<long> dimensions)
    {
        _dimensions = dimensions.ToArray();
        var hash = default(HashCode);
        foreach (var dimension in dimensions)
        {
            hash.Add(dimension);
        }

        _hash = hash.ToHashCode();
    }

    public bool Equals(BatchKey other) => _hash == other._hash && _dimensions.AsSpan().SequenceEqual(other._dimensions);

    public override bool Equals(object? obj) => obj is BatchKey other && Equals(other);

    public override int GetHashCode() => _hash;
}
