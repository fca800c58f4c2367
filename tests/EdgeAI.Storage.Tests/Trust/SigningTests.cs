using System.ComponentModel.DataAnnotations;
using System.IO.Hashing;
using System.Security.Cryptography;
using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Storage.Tests.Updates;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using EdgeAI.Trust;
using Microsoft.Data.Sqlite;

namespace EdgeAI.Storage.Tests.Trust;

/// <summary>A store that requires signatures gives out what a trusted key has signed, to the last bit, and nothing else.</summary>
public sealed class SigningTests : IDisposable
{
    private readonly TestStore _test = new();
    private readonly TemporaryDirectory _folder = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ModelSigner _signer;
    private readonly ModelStore _requiring;

    public SigningTests()
    {
        _signer = ModelSigner.FromPem(_key.ExportPkcs8PrivateKeyPem());
        _requiring = Require(_test.Directory);
    }

    public static TheoryData<string> Uses => [.. UsesByName.Keys];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Dictionary<string, Func<ModelStore, string, Task>> UsesByName { get; } = new()
    {
        ["open"] = async (store, model) => await (await store.OpenAsync(model, null, Cancellation)).DisposeAsync(),
        ["materialize"] = async (store, model) => (await store.MaterializeAsync(model, Cancellation)).Dispose(),
        ["export"] = async (store, model) =>
        {
            using var folder = new TemporaryDirectory();
            await store.ExportAsync(model, folder.Path, Cancellation);
        },
        ["export-archive"] = async (store, model) => await store.ExportArchiveAsync(model, new MemoryStream(), null, Cancellation),
    };

    public void Dispose()
    {
        _signer.Dispose();
        _key.Dispose();
        _folder.Dispose();
        _test.Dispose();
    }

    [Theory]
    [MemberData(nameof(Uses))]
    public async Task AnyUse_Unsigned_IsRefusedUntilItIsSigned(string use)
    {
        var digest = (await _test.ImportAsync("m:1", TestModels.Mlp)).Model.Digest;

        // Hot files that are there already change nothing.
        (await _test.Store.MaterializeAsync("m:1", Cancellation)).Dispose();
        var refusal = await Assert.ThrowsAsync<ModelNotTrustedException>(() => UsesByName[use](_requiring, "m:1"));
        await _requiring.SignAsync("m:1", _signer, Cancellation);
        await UsesByName[use](_requiring, "m:1");
        await UsesByName[use](_requiring, $"m@{digest}");

        Assert.Equal((digest, null, null), (refusal.Manifest, refusal.KeyId, refusal.Location));
        Assert.Contains("no signature", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_ContentChangedWithItsChecksum_IsRefused()
    {
        var content = SeededRandom.Bytes(5, 10_000);
        await _test.Store.ImportAsync("m:1", ModelSource.FromFile(_folder.WriteFile("noise.bin", content)), null, Cancellation);
        await _test.Store.SignAsync("m:1", _signer, Cancellation);
        await UsesByName["open"](_requiring, "m:1");

        // What somebody can do who may write the store: change the bytes, and all that this machine remembers of them.
        var pack = _test.Objects().Single(path => path.EndsWith(".pack", StringComparison.Ordinal));
        var bytes = await File.ReadAllBytesAsync(pack, Cancellation);
        var place = bytes.AsSpan().IndexOf(content);
        bytes[place] ^= 1;
        content[0] ^= 1;
        await File.WriteAllBytesAsync(pack, bytes, Cancellation);
        await using (var connection = new SqliteConnection($"Data Source={_test.IndexPath};Pooling=False"))
        {
            await connection.OpenAsync(Cancellation);
            await using var command = connection.CreateCommand();
            command.CommandText = "UPDATE chunks SET checksum = $checksum";
            command.Parameters.AddWithValue("$checksum", (long)XxHash3.HashToUInt64(content));
            Assert.Equal(1, await command.ExecuteNonQueryAsync(Cancellation));
        }

        await using var stream = await _requiring.OpenAsync("m:1", null, Cancellation);
        await Assert.ThrowsAsync<ContentCorruptedException>(() => TestStore.ReadAsync(stream));
    }

    [Fact]
    public async Task AnyUse_SignedByAStranger_SaysByWhichKey()
    {
        await _test.ImportAsync("m:1", TestModels.Mlp);
        using var stranger = NewSigner(ECCurve.NamedCurves.nistP256);
        await _test.Store.SignAsync("m:1", stranger, Cancellation);

        var refusal = await Assert.ThrowsAsync<ModelNotTrustedException>(() => UsesByName["open"](_requiring, "m:1"));

        Assert.Equal(stranger.PublicKey.Id, refusal.KeyId);
        Assert.Contains(stranger.PublicKey.Id.ToString(), refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyUse_SignedByATrustedKeyThatIsNotRequired_IsRefused()
    {
        await _test.ImportAsync("m:1", TestModels.Mlp);
        using var vendor = NewSigner(ECCurve.NamedCurves.nistP256);
        var options = Options(requiredSigners: "vendor");
        options.TrustedKeys.Add("vendor", new TrustedKeyOptions { Pem = PemOf(vendor) });
        var store = ModelStore.Open(_test.Directory, options);
        await store.SignAsync("m:1", _signer, Cancellation);

        var refusal = await Assert.ThrowsAsync<ModelNotTrustedException>(() => UsesByName["open"](store, "m:1"));
        await store.SignAsync("m:1", vendor, Cancellation);
        await UsesByName["open"](store, "m:1");

        Assert.Contains("'ours'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyUse_AnyByteOfTheSignatureChanged_IsRefusedAndFound()
    {
        await _test.ImportAsync("m:1", TestModels.Mlp);
        await _test.Store.SignAsync("m:1", _signer, Cancellation);
        var path = SignaturePath();
        var content = await File.ReadAllBytesAsync(path, Cancellation);
        for (var i = 0; i < content.Length; i++)
        {
            await WriteFlippedAsync(path, content, i);
            var refusal = await Assert.ThrowsAsync<ModelNotTrustedException>(() => UsesByName["open"](_requiring, "m:1"));
            Assert.EndsWith(Path.GetFileName(path), refusal.Location, StringComparison.Ordinal);
        }

        Assert.Contains((await _test.Store.VerifyAsync(Cancellation)).Problems, problem => problem.Location.StartsWith("signatures/", StringComparison.Ordinal) && problem.Models.Contains("m:1"));
        Assert.NotNull(Assert.Single(await _test.Store.ListSignaturesAsync("m:1", Cancellation)).Problem);
        await _test.Store.SignAsync("m:1", _signer, Cancellation);
        await UsesByName["open"](_requiring, "m:1");
        await _test.RequireHealthyAsync();
    }

    [Fact]
    public async Task AnyUse_AnyByteOfTheManifestChanged_IsRefused()
    {
        var digest = (await _test.ImportAsync("m:1", TestModels.Add)).Model.Digest;
        await _test.Store.SignAsync("m:1", _signer, Cancellation);
        var path = Path.Combine(_test.Directory, "objects", "manifests", digest.Hex + ".json");
        var content = await File.ReadAllBytesAsync(path, Cancellation);
        for (var i = 0; i < content.Length; i++)
        {
            await WriteFlippedAsync(path, content, i);
            var refusal = await Assert.ThrowsAsync<ContentCorruptedException>(() => UsesByName["materialize"](_requiring, "m:1"));
            Assert.Equal(digest, refusal.Digest);
        }

        await Assert.ThrowsAsync<ContentCorruptedException>(async () => await _test.Store.SignAsync("m:1", _signer, Cancellation));
    }

    [Fact]
    public async Task AnyUse_AnotherModelsSignatureCopiedOver_IsRefused()
    {
        await _test.ImportAsync("good:1", TestModels.Mlp);
        var bad = (await _test.ImportAsync("bad:1", TestModels.Add)).Model.Digest;
        await _test.Store.SignAsync("good:1", _signer, Cancellation);
        var good = SignaturePath();
        File.Copy(good, Path.Combine(Path.GetDirectoryName(good)!, bad.Hex + Path.GetFileName(good)[64..]));

        var refusal = await Assert.ThrowsAsync<ModelNotTrustedException>(() => UsesByName["open"](_requiring, "bad:1"));

        Assert.Contains("another model", refusal.Message, StringComparison.Ordinal);
        await UsesByName["open"](_requiring, "good:1");
    }

    [Fact]
    public async Task ListSignaturesAsync_SeveralSigners_NamesThem()
    {
        await _test.ImportAsync("m:1", TestModels.Mlp);
        using var stranger = NewSigner(ECCurve.NamedCurves.nistP256);
        Assert.Empty(await _requiring.ListSignaturesAsync("m:1", Cancellation));
        await _requiring.SignAsync("m:1", stranger, Cancellation);
        var signed = await _requiring.SignAsync("m:1", _signer, Cancellation);

        var found = await _requiring.ListSignaturesAsync("m:1", Cancellation);

        Assert.Equal(2, found.Count);
        Assert.Contains(signed, found);
        Assert.Equal("ours", signed.TrustedAs);
        Assert.Null(found.Single(signature => signature.KeyId == stranger.PublicKey.Id).TrustedAs);
        Assert.All(found, signature => Assert.Null(signature.Problem));
    }

    [Fact]
    public async Task SignAsync_CallbackThatThrows_ThrowsThatAndKeepsNothing()
    {
        await _test.ImportAsync("m:1", TestModels.Mlp);
        var signer = ModelSigner.FromCallback(_signer.PublicKey, (_, _) => throw new TimeoutException("The smart card is asleep."));

        await Assert.ThrowsAsync<TimeoutException>(async () => await _test.Store.SignAsync("m:1", signer, Cancellation));

        Assert.Empty(await _test.Store.ListSignaturesAsync("m:1", Cancellation));
        await _test.RequireHealthyAsync();
    }

    [Theory]
    [InlineData(DSASignatureFormat.IeeeP1363FixedFieldConcatenation)]
    [InlineData(DSASignatureFormat.Rfc3279DerSequence)]
    public async Task SignAsync_Callback_TakesBothFormsOfASignature(DSASignatureFormat format)
    {
        await _test.ImportAsync("m:1", TestModels.Mlp);
        var signer = ModelSigner.FromCallback(_signer.PublicKey, async (hash, _) =>
        {
            await Task.Yield();
            return _key.SignHash(hash.Span, format);
        });

        // Leading zeros, which DER leaves out, come up every now and then.
        for (var i = 0; i < 20; i++)
        {
            await _requiring.SignAsync("m:1", signer, Cancellation);
            await UsesByName["open"](_requiring, "m:1");
        }
    }

    [Fact]
    public async Task SignAsync_CallbackWithAnotherKey_IsRefused()
    {
        await _test.ImportAsync("m:1", TestModels.Mlp);
        using var stranger = NewSigner(ECCurve.NamedCurves.nistP256);
        foreach (var signer in new[]
        {
            ModelSigner.FromCallback(_signer.PublicKey, stranger.SignHashAsync),
            ModelSigner.FromCallback(_signer.PublicKey, (_, _) => new([1, 2, 3])),
            ModelSigner.FromCallback(_signer.PublicKey, (_, _) => new([])),
        })
        {
            await Assert.ThrowsAsync<ModelSigningException>(async () => await _test.Store.SignAsync("m:1", signer, Cancellation));
        }

        Assert.Empty(await _test.Store.ListSignaturesAsync("m:1", Cancellation));
    }

    [Fact]
    public async Task ImportArchiveAsync_Signed_KeepsTheSignature()
    {
        await _test.ImportAsync("m:1", TestModels.MatMul);
        var first = await _test.Store.SignAsync("m:1", _signer, Cancellation);
        var digest = (await _test.Store.FindAsync("m:1", Cancellation))!.Digest;
        await _test.ImportAsync("m:2", TestModels.FineTunedMatMul);
        var second = await _test.Store.SignAsync("m:2", _signer, Cancellation);
        using var node = new TestStore();
        var store = Require(node.Directory);

        await ImportArchiveAsync(store, await ExportAsync("m:1", []));
        await ImportArchiveAsync(store, await ExportAsync("m:2", [digest]));

        await UsesByName["materialize"](store, "m:1");
        await UsesByName["materialize"](store, "m:2");
        Assert.Equal([first with { TrustedAs = "ours" }], await store.ListSignaturesAsync("m:1", Cancellation));
        Assert.Equal([second with { TrustedAs = "ours" }], await store.ListSignaturesAsync("m:2", Cancellation));
        await node.RequireHealthyAsync();
    }

    [Fact]
    public async Task ImportArchiveAsync_UnsignedOrByAStranger_IsRefusedAndLeavesNothing()
    {
        await _test.ImportAsync("m:1", TestModels.MatMul);
        var unsigned = await ExportAsync("m:1", []);
        using var stranger = NewSigner(ECCurve.NamedCurves.nistP256);
        await _test.Store.SignAsync("m:1", stranger, Cancellation);
        var strange = await ExportAsync("m:1", []);
        using var node = new TestStore();
        var store = Require(node.Directory);

        await Assert.ThrowsAsync<ModelNotTrustedException>(() => ImportArchiveAsync(store, unsigned));
        var refusal = await Assert.ThrowsAsync<ModelNotTrustedException>(() => ImportArchiveAsync(store, strange));

        Assert.Equal(stranger.PublicKey.Id, refusal.KeyId);
        Assert.Empty(node.Objects());
        Assert.Empty(await node.ListAsync());
        await node.RequireHealthyAsync();
    }

    [Fact]
    public async Task ImportArchiveAsync_AnyByteBeforeThePackChanged_IsRefusedAndLeavesNothing()
    {
        await _test.ImportAsync("m:1", TestModels.Add);
        await _test.Store.SignAsync("m:1", _signer, Cancellation);
        var archive = await ExportAsync("m:1", []);
        var end = BitConverter.ToInt32(archive, 8) + 12 + (int)new ArchiveBytes(archive).Header["manifestStored"]!;
        using var node = new TestStore();
        var store = Require(node.Directory);

        // The name that it was exported under is not signed: whoever imports it gives the name.
        var name = archive.AsSpan().IndexOf("m:1"u8);
        foreach (var i in Enumerable.Range(0, end).Where(i => i < name || i >= name + "m:1".Length))
        {
            var changed = archive.ToArray();
            changed[i] ^= 0x01;
            try
            {
                await ImportArchiveAsync(store, changed, "m:1");
                Assert.Fail($"Byte {i} of {end} was changed, and nobody saw it.");
            }
            catch (EdgeAIException exception)
            {
                Assert.True(exception is ModelNotTrustedException or InvalidArchiveException, exception.ToString());
            }

            Assert.Empty(node.Objects());
        }
    }

    [Fact]
    public async Task CollectGarbageAsync_ASignedModelGone_TakesItsSignatureToo()
    {
        await _test.ImportAsync("kept:1", TestModels.Mlp);
        await _test.ImportAsync("gone:1", TestModels.Add);
        await _test.Store.SignAsync("kept:1", _signer, Cancellation);
        await _test.Store.SignAsync("gone:1", _signer, Cancellation);
        await _test.Store.RemoveAsync("gone:1", Cancellation);

        await _test.Store.CollectGarbageAsync(Cancellation);

        SignaturePath();
        await UsesByName["open"](_requiring, "kept:1");
    }

    [Fact]
    public async Task RebuildIndexAsync_SignedModels_StaySigned()
    {
        await _test.ImportAsync("m:1", TestModels.Mlp);
        await _test.Store.SignAsync("m:1", _signer, Cancellation);

        await _requiring.RebuildIndexAsync(Cancellation);

        await UsesByName["materialize"](_requiring, "m:1");
    }

    [Fact]
    public void FromFile_EveryFormOfAKey_Signs()
    {
        var parameters = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        File.WriteAllText(_folder.Combine("a.pem"), _key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(_folder.Combine("b.pem"), _key.ExportECPrivateKeyPem());
        File.WriteAllBytes(_folder.Combine("c.der"), _key.ExportPkcs8PrivateKey());
        File.WriteAllText(_folder.Combine("d.pem"), _key.ExportEncryptedPkcs8PrivateKeyPem("secret", parameters));
        File.WriteAllBytes(_folder.Combine("e.der"), _key.ExportEncryptedPkcs8PrivateKey("secret", parameters));
        foreach (var (name, password) in new[] { ("a.pem", null), ("b.pem", null), ("c.der", null), ("d.pem", "secret"), ("e.der", "secret") })
        {
            using var signer = ModelSigner.FromFile(_folder.Combine(name), password);
            Assert.Equal(_signer.PublicKey.Id, signer.PublicKey.Id);
        }

        Assert.Throws<InvalidModelKeyException>(() => ModelSigner.FromFile(_folder.Combine("d.pem"), "wrong"));
        Assert.Throws<InvalidModelKeyException>(() => ModelSigner.FromFile(_folder.Combine("e.der")));
    }

    [Fact]
    public void FromFile_WhatIsNoKey_IsRefusedInWords()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        File.WriteAllText(_folder.Combine("p384.pem"), p384.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(_folder.Combine("p384-public.pem"), p384.ExportSubjectPublicKeyInfoPem());
        File.WriteAllText(_folder.Combine("rsa.pem"), rsa.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(_folder.Combine("rsa-public.pem"), rsa.ExportSubjectPublicKeyInfoPem());
        File.WriteAllText(_folder.Combine("public.pem"), _key.ExportSubjectPublicKeyInfoPem());
        File.WriteAllText(_folder.Combine("private.pem"), _key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(_folder.Combine("text.pem"), "not a key");
        File.WriteAllBytes(_folder.Combine("empty.pem"), []);
        File.WriteAllBytes(_folder.Combine("long.pem"), new byte[1 << 20]);

        foreach (var name in new[] { "p384.pem", "rsa.pem", "public.pem", "text.pem", "empty.pem", "long.pem", "missing.pem" })
        {
            var exception = Assert.Throws<InvalidModelKeyException>(() => ModelSigner.FromFile(_folder.Combine(name)));
            Assert.Contains(name, exception.Message, StringComparison.Ordinal);
        }

        foreach (var name in new[] { "p384-public.pem", "rsa-public.pem", "private.pem", "text.pem", "empty.pem", "long.pem", "missing.pem" })
        {
            var exception = Assert.Throws<InvalidModelKeyException>(() => ModelPublicKey.FromFile(_folder.Combine(name)));
            Assert.Contains(name, exception.Message, StringComparison.Ordinal);
        }

        Assert.Contains("P-256", Assert.Throws<InvalidModelKeyException>(() => ModelSigner.FromFile(_folder.Combine("p384.pem"))).Message, StringComparison.Ordinal);
        Assert.Contains("384", Assert.Throws<InvalidModelKeyException>(() => ModelPublicKey.FromFile(_folder.Combine("p384-public.pem"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_TrustThatCanNotBe_IsRefusedInWords()
    {
        RequireRefused(new StorageOptions { RequireSignature = true }, "TrustedKeys is empty");
        RequireRefused(Options(requiredSigners: "vendor"), "'vendor'");
        var bad = Options();
        bad.TrustedKeys.Add("broken", new TrustedKeyOptions { Pem = "-----BEGIN PUBLIC KEY-----" });
        RequireRefused(bad, "'broken'");
        var both = Options();
        both.TrustedKeys.Add("both", new TrustedKeyOptions { Pem = PemOf(_signer), Path = "key.pem" });
        RequireRefused(both, "either a Path or a Pem");
        var unused = Options(requiredSigners: "ours");
        unused.RequireSignature = false;
        RequireRefused(unused, "RequireSignature is not set");
    }

    private void RequireRefused(StorageOptions options, string words) =>
        Assert.Contains(words, Assert.Throws<ValidationException>(() => ModelStore.Open(_test.Directory, options)).Message, StringComparison.Ordinal);

    private ModelStore Require(string directory) => ModelStore.Open(directory, Options());

    private StorageOptions Options(params string[] requiredSigners)
    {
        var path = _folder.Combine("ours.pem");
        File.WriteAllText(path, _key.ExportSubjectPublicKeyInfoPem());
        var options = new StorageOptions { RequireSignature = true };
        options.TrustedKeys.Add("ours", new TrustedKeyOptions { Path = path });
        foreach (var name in requiredSigners)
        {
            options.RequiredSigners.Add(name);
        }

        return options;
    }

    private static ModelSigner NewSigner(ECCurve curve)
    {
        using var key = ECDsa.Create(curve);
        return ModelSigner.FromPem(key.ExportPkcs8PrivateKeyPem());
    }

    private static string PemOf(ModelSigner signer) => PemEncoding.WriteString("PUBLIC KEY", signer.PublicKey.SubjectPublicKeyInfo.Span);

    private string SignaturePath() => Assert.Single(Directory.EnumerateFiles(Path.Combine(_test.Directory, "objects", "signatures")));

    private static async Task WriteFlippedAsync(string path, byte[] content, int place)
    {
        var changed = content.ToArray();
        changed[place] ^= 0x01;
        await File.WriteAllBytesAsync(path, changed, Cancellation);
    }

    private async Task<byte[]> ExportAsync(string reference, Digest[] have)
    {
        using var archive = new MemoryStream();
        await _test.Store.ExportArchiveAsync(reference, archive, have, Cancellation);
        return archive.ToArray();
    }

    private static async Task ImportArchiveAsync(ModelStore store, byte[] archive, string? name = null)
    {
        using var stream = new MemoryStream(archive);
        await store.ImportArchiveAsync(stream, name is null ? null : ModelReference.Parse(name), Cancellation);
    }
}
