using System.Security.Cryptography;
using System.Text;
using EdgeAI.Models;
using EdgeAI.Storage.Tiers;

namespace EdgeAI.Storage.Names;

/// <summary>
/// Names on a tier, a small object each, under a key that says nothing: names may be in any script. The objects are the truth about names; the index
/// follows them. Whoever sets or removes a name holds its lock.
/// </summary>
internal sealed class NameStore(IStorageTier tier)
{
    /// <summary>How the keys of names begin.</summary>
    public const string Prefix = "names/";

    public static string KeyOf(ModelReference model) =>
        $"{Prefix}{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(model.ToString())))}.json";

    /// <summary>Reads a name; null when there is none, or it is damaged.</summary>
    public async ValueTask<ModelInfo?> ReadAsync(ModelReference model, CancellationToken cancellationToken)
    {
        var bytes = await SmallObject.ReadAsync(tier, KeyOf(model), cancellationToken).ConfigureAwait(false);
        return bytes is not null && NameObject.Deserialize(bytes) is { } found && found.Reference == model ? found : null;
    }

    /// <summary>Whether there is an object for a name, readable or not.</summary>
    public async ValueTask<bool> HasAsync(ModelReference model, CancellationToken cancellationToken) =>
        await tier.GetLengthAsync(KeyOf(model), cancellationToken).ConfigureAwait(false) is not null;

    /// <summary>Sets a name, whatever it meant before.</summary>
    /// <returns>What stood there before, for <see cref="RestoreAsync_NeedsLock"/>; null when nothing did.</returns>
    public async ValueTask<byte[]?> SetAsync_NeedsLock(ModelInfo model, CancellationToken cancellationToken)
    {
        var content = NameObject.Serialize(model);
        var key = KeyOf(model.Reference);
        while (true)
        {
            var before = await SmallObject.ReadAsync(tier, key, cancellationToken).ConfigureAwait(false);
            if (before.AsSpan().SequenceEqual(content)
                || await tier.CompareAndSwapAsync(key, before is null ? default(ReadOnlyMemory<byte>?) : before, content, cancellationToken).ConfigureAwait(false))
            {
                return before;
            }
        }
    }

    /// <summary>Takes <see cref="SetAsync_NeedsLock"/> back.</summary>
    public async ValueTask RestoreAsync_NeedsLock(ModelInfo model, byte[]? before, CancellationToken cancellationToken)
    {
        var key = KeyOf(model.Reference);
        if (before is null)
        {
            await tier.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            var content = NameObject.Serialize(model);
            _ = before.AsSpan().SequenceEqual(content)
                || await tier.CompareAndSwapAsync(key, content, before, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes a name away.</summary>
    /// <returns>False when there was none.</returns>
    public ValueTask<bool> RemoveAsync_NeedsLock(ModelReference model, CancellationToken cancellationToken) =>
        tier.DeleteAsync(KeyOf(model), cancellationToken);

    /// <summary>All names, by key.</summary>
    /// <returns>The names, and the keys of objects that can't be read as one.</returns>
    public async ValueTask<(List<ModelInfo> Models, List<string> Damaged)> ListAsync(CancellationToken cancellationToken)
    {
        var keys = new List<string>();
        await foreach (var stored in tier.ListAsync(Prefix, cancellationToken).ConfigureAwait(false))
        {
            keys.Add(stored.Key);
        }

        var models = new List<ModelInfo>();
        var damaged = new List<string>();
        foreach (var key in keys.Order(StringComparer.Ordinal))
        {
            var bytes = await SmallObject.ReadAsync(tier, key, cancellationToken).ConfigureAwait(false);
            if (bytes is null)
            {
                continue;
            }

            if (NameObject.Deserialize(bytes) is { } model && KeyOf(model.Reference) == key)
            {
                models.Add(model);
            }
            else
            {
                damaged.Add(key);
            }
        }

        return (models, damaged);
    }
}
