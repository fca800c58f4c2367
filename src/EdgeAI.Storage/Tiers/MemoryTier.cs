using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace EdgeAI.Storage.Tiers;

/// <summary>A tier in the process's memory: for tests of an app, and to share what one store has with another in the same process. Its objects end with it. Thread-safe.</summary>
public sealed class MemoryTier : IStorageTier
{
    private readonly ConcurrentDictionary<string, byte[]> _objects = new(StringComparer.Ordinal);

    /// <summary>Makes an empty tier.</summary>
    /// <param name="name">Its name, unique within a store.</param>
    public MemoryTier(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public StorageTierProperties Properties { get; } = new(StorageLatency.SubMillisecond, IsDurable: false, IsRemote: false);

    /// <inheritdoc/>
    public async ValueTask<bool> PutAsync(string key, Stream content, CancellationToken cancellationToken = default)
    {
        StorageKey.Validate(key);
        ArgumentNullException.ThrowIfNull(content);
        using var copy = new MemoryStream();
        await content.CopyToAsync(copy, cancellationToken).ConfigureAwait(false);
        return _objects.TryAdd(key, copy.ToArray());
    }

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        StorageKey.Validate(key);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        cancellationToken.ThrowIfCancellationRequested();
        if (!_objects.TryGetValue(key, out var content))
        {
            return new(-1);
        }

        var length = (int)Math.Clamp(content.Length - offset, 0, destination.Length);
        content.AsSpan((int)Math.Min(offset, content.Length), length).CopyTo(destination.Span);
        return new(length);
    }

    /// <inheritdoc/>
    public ValueTask<long?> GetLengthAsync(string key, CancellationToken cancellationToken = default)
    {
        StorageKey.Validate(key);
        return new(_objects.TryGetValue(key, out var content) ? content.Length : null);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StorageObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (var (key, content) in _objects)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (key.StartsWith(prefix, StringComparison.Ordinal))
            {
                yield return new StorageObject(key, content.Length);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> DeleteAsync(string key, CancellationToken cancellationToken = default)
    {
        StorageKey.Validate(key);
        return new(_objects.TryRemove(key, out _));
    }

    /// <inheritdoc/>
    public ValueTask<bool> CompareAndSwapAsync(string key, ReadOnlyMemory<byte>? expected, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        StorageKey.Validate(key);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(content.Length, SmallObject.MaxLength, nameof(content));
        cancellationToken.ThrowIfCancellationRequested();
        if (expected is not { } wanted)
        {
            return new(_objects.TryAdd(key, content.ToArray()));
        }

        // By reference: whoever has swapped it meanwhile has put another array there.
        return new(_objects.TryGetValue(key, out var current) && wanted.Span.SequenceEqual(current) && _objects.TryUpdate(key, content.ToArray(), current));
    }

    /// <inheritdoc/>
    public ValueTask<StorageTierCapacity> GetCapacityAsync(CancellationToken cancellationToken = default) => new(new StorageTierCapacity(null, null));
}
