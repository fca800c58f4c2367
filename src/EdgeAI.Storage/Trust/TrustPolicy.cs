using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Trust;

namespace EdgeAI.Storage.Trust;

/// <summary>Which keys a store trusts, and whether it uses a model without their signature.</summary>
internal sealed class TrustPolicy
{
    private readonly Dictionary<Digest, string> _names = [];
    private readonly HashSet<Digest> _accepted = [];

    public TrustPolicy(StorageOptions options)
    {
        IsRequired = options.RequireSignature;
        foreach (var (name, key) in options.TrustedKeys.OrderBy(key => key.Key, StringComparer.Ordinal))
        {
            var id = key.Load().Id;
            _names.TryAdd(id, name);
            if (options.RequiredSigners.Count == 0 || options.RequiredSigners.Contains(name))
            {
                _accepted.Add(id);
            }
        }
    }

    /// <summary>Whether a model without a signature that counts is refused.</summary>
    public bool IsRequired { get; }

    /// <summary>What the options call a key; null when they do not.</summary>
    public string? NameOf(Digest keyId) => _names.GetValueOrDefault(keyId);

    /// <summary>Says whether a model may be used by the signatures that it has; returns when it may.</summary>
    /// <param name="model">What to call it.</param>
    /// <param name="manifest">The digest of its manifest.</param>
    /// <param name="signatures">The signatures: which key they should be by, what they are, and where.</param>
    /// <exception cref="ModelNotTrustedException">It may not.</exception>
    public void Require(ModelReference model, Digest manifest, IReadOnlyList<(Digest? KeyId, byte[] Content, string Location)> signatures)
    {
        if (!IsRequired)
        {
            return;
        }

        ModelNotTrustedException? refusal = null;
        foreach (var (keyId, content, location) in signatures)
        {
            var problem = SignatureObject.FindProblem(content, manifest, keyId, out var key);
            if (problem is null && _accepted.Contains(key.Id))
            {
                return;
            }

            // A wrong signature says more than one by a stranger.
            refusal = problem is not null ? new ModelNotTrustedException(model, manifest, $"the signature in '{location}' is wrong: {problem}", location: location)
                : refusal ?? new ModelNotTrustedException(model, manifest, Describe(key.Id), key.Id, location);
        }

        throw refusal ?? new ModelNotTrustedException(model, manifest, "it has no signature");
    }

    private string Describe(Digest keyId) => NameOf(keyId) is { } name
        ? $"it is signed with the key '{name}' ({keyId}), which is not among the required signers"
        : $"it is signed with the key {keyId}, which is not trusted here";
}
