using System.Security.Cryptography;
using EdgeAI.Models;
using EdgeAI.Storage.Codecs;
using EdgeAI.Storage.Codecs.Elements;
using EdgeAI.Storage.Manifests;
using EdgeAI.Storage.Names;
using EdgeAI.Storage.Packs;
using EdgeAI.Storage.Tests.Importing.Fuzzing;
using EdgeAI.Storage.Trust;
using EdgeAI.Testing;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Trust;

namespace EdgeAI.Storage.Tests.Codecs.Fuzzing;

/// <summary>Damaged chunks, packs, manifests, names and signatures: each is taken or refused, never more, within bounds of time and memory.</summary>
public sealed class DecoderFuzzTests
{
    private const long FreeAllocation = 64L << 20;
    private const int Elements = 512;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly byte[] Weights = ChunkSamples.Weights(ElementForm.Float32, Elements, seed: 1);
    private static readonly byte[] Halves = ChunkSamples.Weights(ElementForm.BFloat16, Elements, seed: 1);
    private static readonly byte[] Text = [.. Enumerable.Repeat("a graph between its weights "u8.ToArray(), 60).SelectMany(part => part)];

    private static readonly Dictionary<string, (Func<byte[][]> Seeds, Func<byte[], bool> Decode, int Inputs)> Decoders = new()
    {
        ["planes-float32"] = (() => [Encode(Weights, ElementForm.Float32)], bytes => ChunkCodecs.TryDecode(PlaneCodec.Id, bytes, [], new byte[Weights.Length]), 20_000),
        ["planes-bfloat16"] = (() => [Encode(Halves, ElementForm.BFloat16)], bytes => ChunkCodecs.TryDecode(PlaneCodec.Id, bytes, [], new byte[Halves.Length]), 20_000),
        ["planes-zstd"] = (() => [Encode(Text, ElementForm.Bytes)], bytes => ChunkCodecs.TryDecode(PlaneCodec.Id, bytes, [], new byte[Text.Length]), 20_000),
        ["delta"] = (() => [Difference(ElementForm.BFloat16, ElementForm.BFloat16)], bytes => ChunkCodecs.TryDecode(DeltaCodec.Id, bytes, Halves, new byte[Halves.Length]), 10_000),
        ["delta-cast"] = (() => [Difference(ElementForm.Float16, ElementForm.Float32)], bytes => ChunkCodecs.TryDecode(DeltaCodec.Id, bytes, Weights, new byte[2 * Elements]), 10_000),
        ["delta-quantised"] = (() => [Difference(ElementForm.Int8, ElementForm.Float32)], bytes => ChunkCodecs.TryDecode(DeltaCodec.Id, bytes, Weights, new byte[Elements]), 10_000),
        ["prefix"] = (() => [Prefixed()], bytes => ChunkCodecs.TryDecode(PrefixCodec.Id, bytes, Text, new byte[Text.Length]), 10_000),
        ["pack-index"] = (() => [Pack()], ReadPack, 20_000),
        ["manifest"] = (Manifests, bytes => Refuses<ContentCorruptedException>(() => ManifestSerializer.Deserialize(default, bytes)), 10_000),
        ["name"] = (() => [NameObject.Serialize(new ModelInfo("重み/a:ü", Digest.Of(Text), 5, DateTimeOffset.UnixEpoch))], bytes => NameObject.Deserialize(bytes) is not null, 10_000),
        ["signature"] = (Signatures, bytes => SignatureObject.FindProblem(bytes, Digest.Of(Text), null, out _) is null, 10_000),
    };

    public static TheoryData<string> Names => [.. Decoders.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Decode_DamagedBytes_AreTakenOrRefusedWithinBounds(string name)
    {
        var (makeSeeds, decode, inputs) = Decoders[name];
        var seeds = makeSeeds();
        Assert.All(seeds, seed => Assert.True(Try(name, decode, seed)));
        var mutator = new Mutator(NightlyRun.Seed);
        var (taken, refused) = (0, 0);
        for (var i = 0; i < NightlyRun.Count(inputs, 800_000); i++)
        {
            _ = Try(name, decode, mutator.Mutate(seeds)) ? taken++ : refused++;
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{name}: {taken} taken, {refused} refused");
        Assert.True(refused > 100, $"{taken} taken, {refused} refused");
    }

    private static bool Try(string name, Func<byte[], bool> decode, byte[] content, bool isAgain = false)
    {
        var (started, allocated) = (ThreadTime.Now, GC.GetAllocatedBytesForCurrentThread());
        var isTaken = false;
        try
        {
            isTaken = decode(content);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"{name}: {exception.GetType()}: {exception.Message} on {Convert.ToBase64String(content)}", exception);
        }

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated <= (2L * content.Length) + FreeAllocation, $"{name}: too much memory for {Convert.ToBase64String(content)}");
        if (ThreadTime.Now - started > Patience)
        {
            // A machine that is busy may have stopped for so long; a decoder that is slow is slow again.
            Assert.False(isAgain, $"{name}: too long for {Convert.ToBase64String(content)}");
            Try(name, decode, content, isAgain: true);
        }

        return isTaken;
    }

    private static bool Refuses<T>(Action decode)
        where T : Exception
    {
        try
        {
            decode();
            return true;
        }
        catch (T)
        {
            return false;
        }
    }

    private static byte[] Encode(byte[] plain, ElementForm form)
    {
        var encoded = new byte[ChunkCodecs.BufferLength(plain.Length)];
        var length = new PlaneCodec(ZstdFrames.OfLevel(3)).Encode(plain, form, encoded);
        Assert.NotEqual(0, length);
        return encoded[..length];
    }

    private static byte[] Difference(ElementForm form, ElementForm baseForm)
    {
        var baseline = ChunkSamples.Weights(baseForm, Elements, seed: 1);
        var plain = form == ElementForm.Int8 ? ChunkSamples.Quantized(baseline, baseForm, form, 0, 64)
            : form == baseForm ? ChunkSamples.Tuned(form, Elements, seed: 1)
            : ChunkSamples.Weights(form, Elements, seed: 1);
        var encoded = new byte[ChunkCodecs.BufferLength(plain.Length)];
        var length = DeltaCodec.Encode(new ChunkContent(plain, form) { Base = baseline, BaseForm = baseForm, RowLength = 64 }, encoded);
        Assert.NotEqual(0, length);
        return encoded[..length];
    }

    private static byte[] Prefixed()
    {
        byte[] plain = [.. Text[100..], .. ChunkSamples.Noise(100, 2)];
        var encoded = new byte[ChunkCodecs.BufferLength(plain.Length)];
        return encoded[..PrefixCodec.Encode(plain, Text, encoded)];
    }

    private static byte[] Pack()
    {
        var pack = new byte[PackFormat.HeaderLength + 100 + (3 * PackFormat.EntryLength) + PackFormat.TrailerLength];
        var index = pack.AsSpan(PackFormat.HeaderLength + 100, 3 * PackFormat.EntryLength);
        PackFormat.WriteHeader(pack);
        for (var i = 0; i < 3; i++)
        {
            PackFormat.WriteEntry(index[(i * PackFormat.EntryLength)..], new PackEntry(Digest.Of([(byte)i]), PackFormat.HeaderLength, 10, 10, 5, 0, i == 2 ? new ChunkBase(Digest.Of([0]), 10, 1) : null));
        }

        PackFormat.WriteTrailer(pack.AsSpan(pack.Length - PackFormat.TrailerLength), PackFormat.HeaderLength + 100, index);
        return pack;
    }

    private static bool ReadPack(byte[] pack) => Refuses<ContentCorruptedException>(() =>
    {
        var read = PackReader.ReadIndexAsync(
            default,
            pack.Length,
            (offset, destination, _) =>
            {
                var part = pack.AsSpan((int)Math.Min(offset, pack.Length));
                part = part[..Math.Min(part.Length, destination.Length)];
                part.CopyTo(destination.Span);
                return new(part.Length);
            },
            CancellationToken.None);
        read.AsTask().GetAwaiter().GetResult();
    });

    private static byte[][] Manifests()
    {
        var chunk = new ChunkReference(Digest.Of(Text), 4096);
        var model = new ModelFile
        {
            Path = "model.onnx",
            Length = 8192,
            Chunks = [chunk, chunk],
            Gaps = [new ModelFileGap(0, 1000), new ModelFileGap(1, 3096)],
            Tensors = [new ModelTensor("w", "F32", [32, 32], 1000, 4096)],
        };
        var manifest = new ModelManifest
        {
            Schema = ModelManifest.CurrentSchema,
            Format = ModelFormat.Onnx,
            Files = [model, new ModelFile { Path = "data/重み", Length = 4096, Chunks = [chunk], Gaps = [], Tensors = [] }],
            Signature = TestSignature(),
            Metadata = new Dictionary<string, string> { ["producer"] = "test", ["ü"] = "\u0000" },
            Operators = ["Add", "com.test.Other"],
        };
        return [ManifestSerializer.Serialize(manifest)];
    }

    private static ModelSignature TestSignature()
    {
        using var content = new MemoryStream(TestModels.DynamicShapes.Content, writable: false);
        return EdgeAI.Storage.Importing.Onnx.OnnxModelParser.Parse(content).Signature;
    }

    private static byte[][] Signatures()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var publicKey = ModelPublicKey.FromSubjectPublicKeyInfo(key.ExportSubjectPublicKeyInfo());
        using var signer = ModelSigner.FromCallback(publicKey, (hash, _) => new(key.SignHash(hash.Span)));
        var signing = SignatureObject.SignAsync(Digest.Of(Text), signer, DateTimeOffset.UnixEpoch, CancellationToken.None);
        return [signing.AsTask().GetAwaiter().GetResult().Serialize()];
    }
}
