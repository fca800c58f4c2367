using System.Security.Cryptography;
using System.Text;
using EdgeAI.Models;
using EdgeAI.Storage.Tiers;

namespace EdgeAI.Storage.Placement;

/// <summary>Pins: a small object each, with the name of what is pinned.</summary>
internal sealed class PinStore(IStorageTier tier)
{
    private const string Prefix = "pins/";

    public ValueTask<bool> AddAsync(ModelReference model, CancellationToken cancellationToken) =>
        tier.CompareAndSwapAsync(KeyOf(model), null, Encoding.UTF8.GetBytes(model.ToString()), cancellationToken);

    public ValueTask<bool> RemoveAsync(ModelReference model, CancellationToken cancellationToken) => tier.DeleteAsync(KeyOf(model), cancellationToken);

    /// <summary>What is pinned. An object that can't be read pins nothing.</summary>
    public async ValueTask<HashSet<ModelReference>> ListAsync(CancellationToken cancellationToken)
    {
        var keys = new List<string>();
        await foreach (var stored in tier.ListAsync(Prefix, cancellationToken).ConfigureAwait(false))
        {
            keys.Add(stored.Key);
        }

        var pins = new HashSet<ModelReference>();
        foreach (var key in keys)
        {
            var content = await SmallObject.ReadAsync(tier, key, cancellationToken).ConfigureAwait(false);
            if (content is not null && ModelReference.TryParse(Encoding.UTF8.GetString(content), null, out var model) && KeyOf(model) == key)
            {
                pins.Add(model);
            }
        }

        return pins;
    }

    private static string KeyOf(ModelReference model) => $"{Prefix}{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(model.ToString())))}.pin";
}
