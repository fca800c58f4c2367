using EdgeAI.Models;
using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Trust;
using EdgeAI.Storage.Updates;
using EdgeAI.Trust;

namespace EdgeAI.Storage;

public sealed partial class ModelStore
{
    private readonly SignatureStore _signatures;
    private readonly TrustPolicy _trust;

    /// <inheritdoc/>
    public async ValueTask<ManifestSignature> SignAsync(ModelReference model, IModelSigner signer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(signer);
        var signature = await RunAsync(() => SignAsync(Require(model).Digest, signer, cancellationToken), cancellationToken).ConfigureAwait(false);
        LogSigned(_logger, model, signature.KeyId);
        return signature;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ManifestSignature>> ListSignaturesAsync(ModelReference model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        return await RunAsync<IReadOnlyList<ManifestSignature>>(
            async () =>
            {
                var found = await _signatures.ListAsync(Require(model).Digest, cancellationToken).ConfigureAwait(false);
                return [.. found.Select(signature =>
                {
                    var problem = SignatureObject.FindProblem(signature.Content, signature.Manifest, signature.KeyId, out var key);
                    return new ManifestSignature(signature.KeyId, _trust.NameOf(signature.KeyId), key.SignedAt, problem);
                })];
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<ManifestSignature> SignAsync(Digest manifest, IModelSigner signer, CancellationToken cancellationToken)
    {
        // What can't be read is not signed, and nobody waits for a lock while a person finds a smart card.
        await _manifests.ReadAsync(manifest, cancellationToken).ConfigureAwait(false);
        var signature = await SignatureObject.SignAsync(manifest, signer, _time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        using var commit = await FileLock.AcquireSharedAsync(_directory.CommitLock, _wait, cancellationToken).ConfigureAwait(false);
        await _signatures.PutAsync(manifest, signer.PublicKey.Id, signature.Serialize(), cancellationToken).ConfigureAwait(false);
        _index.EnterOutbox(_index.ListModels().Where(model => model.Digest == manifest), OutgoingChange());
        BeginSending();
        return new ManifestSignature(signer.PublicKey.Id, _trust.NameOf(signer.PublicKey.Id), DateTimeOffset.FromUnixTimeMilliseconds(signature.SignedAt), null);
    }

    /// <summary>Looks a model up that is about to be given out.</summary>
    /// <exception cref="ModelNotTrustedException">It has no signature that counts, and needs one.</exception>
    private async ValueTask<ModelInfo> RequireTrustedAsync(ModelReference model, CancellationToken cancellationToken)
    {
        var info = Require(model);
        if (_trust.IsRequired)
        {
            var signatures = await _signatures.ListAsync(info.Digest, cancellationToken).ConfigureAwait(false);
            _trust.Require(
                model,
                info.Digest,
                [.. signatures.Select(signature => ((Digest?)signature.KeyId, signature.Content, SignatureStore.KeyOf(signature.Manifest, signature.KeyId)))]);
        }

        return info;
    }

    // A wrong one would make the whole archive wrong.
    private async ValueTask<IReadOnlyList<byte[]>> ReadSoundSignaturesAsync(Digest manifest, CancellationToken cancellationToken)
    {
        var signatures = await _signatures.ListAsync(manifest, cancellationToken).ConfigureAwait(false);
        return [.. signatures
            .Where(signature => SignatureObject.FindProblem(signature.Content, manifest, signature.KeyId, out _) is null)
            .Select(signature => signature.Content)];
    }

    // An archive must bring what counts itself: what the store has of an earlier one may be on its way out.
    private void RequireTrusted(ModelReference name, ReceivedModel received)
    {
        const string Archive = "the archive";
        _trust.Require(name, received.Digest, [.. received.Signatures.Select(content => ((Digest?)null, content, Archive))]);
        foreach (var content in received.Signatures)
        {
            if (SignatureObject.FindProblem(content, received.Digest, null, out _) is { } problem)
            {
                throw new InvalidArchiveException($"a signature in it is wrong: {problem}");
            }
        }
    }

    private async ValueTask PutSignaturesAsync(Digest manifest, IReadOnlyList<byte[]> signatures)
    {
        foreach (var content in signatures)
        {
            _ = SignatureObject.FindProblem(content, manifest, null, out var key);
            await _signatures.PutAsync(manifest, key.Id, content, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async ValueTask<List<VerificationProblem>> FindSignatureProblemsAsync(CancellationToken cancellationToken)
    {
        var problems = new List<VerificationProblem>();
        var models = _index.ListModels().ToLookup(model => model.Digest, model => model.Reference.ToString());
        foreach (var (manifest, keyId, content) in await _signatures.ListAsync(null, cancellationToken).ConfigureAwait(false))
        {
            if (SignatureObject.FindProblem(content, manifest, keyId, out _) is { } problem)
            {
                problems.Add(new VerificationProblem(
                    SignatureStore.KeyOf(manifest, keyId),
                    $"The signature is wrong: {problem}. Sign the model again, or import a signed archive of it again.",
                    [.. models[manifest]]));
            }
        }

        return problems;
    }
}
