using System.Buffers.Binary;
using System.IO.Hashing;
using EdgeAI.Models;
using EdgeAI.Storage.Codecs;
using EdgeAI.Storage.Manifests;
using EdgeAI.Storage.Packs;

namespace EdgeAI.Storage.Clusters;

/// <summary>
/// An object beside a manifest on a cluster that says where its chunks are, since neither manifests nor names do: <c>plans/&lt;manifest&gt;.plan</c> for a node that has nothing, and
/// <c>plans/&lt;manifest&gt;.&lt;prior&gt;.plan</c> for one that has another version, with just what that one lacks. Little-endian: magic (8 bytes), then twice (manifest, places) a
/// plain length and a stored length (4 bytes each) and a Zstandard frame, or the bytes as they are when both lengths are the same; at the end the XXH3 of all before. The manifest's frame
/// has the prior manifest as its prefix. It is a hint: chunks are compared with their names, and a plan that is wrong costs a walk over the indexes of all packs.
/// </summary>
internal static class TransferPlan
{
    /// <summary>Where plans are among a tier's objects.</summary>
    public const string Prefix = "plans/";

    /// <summary>The longest plan that is read.</summary>
    public const int MaxLength = 256 << 20;

    private const string Suffix = ".plan";
    private const int HexLength = 2 * Digest.Size;

    private static ReadOnlySpan<byte> Magic => "EDGEPLN\u0001"u8;

    public static string KeyOf(Digest manifest, Digest? prior = null) =>
        prior is { } known ? $"{Prefix}{manifest.Hex}.{known.Hex}{Suffix}" : $"{Prefix}{manifest.Hex}{Suffix}";

    /// <summary>Reads of a key which version a node must have; false when it is no plan's for a manifest.</summary>
    public static bool TryParse(string key, Digest manifest, out Digest? prior)
    {
        prior = null;
        if (key == KeyOf(manifest))
        {
            return true;
        }

        var start = Prefix.Length + HexLength + 1;
        if (key.Length == start + HexLength + Suffix.Length && Digest.TryParse($"sha256:{key.AsSpan(start, HexLength)}", null, out var known))
        {
            prior = known;
        }

        return prior is not null && key == KeyOf(manifest, prior);
    }

    /// <summary>Writes a plan.</summary>
    /// <param name="json">The manifest.</param>
    /// <param name="priorJson">The manifest of the version that the node has; empty for none.</param>
    /// <param name="places">Where the chunks are that such a node lacks.</param>
    /// <param name="known">Chunks that both sides can count up: those of the manifest, then those of the prior one.</param>
    public static byte[] Write(byte[] json, byte[] priorJson, IReadOnlyCollection<KeyValuePair<Digest, ChunkLocation>> places, IReadOnlyList<Digest> known)
    {
        using var plan = new MemoryStream();
        plan.Write(Magic);
        WriteSection(plan, json, priorJson);
        WriteSection(plan, WritePlaces(places, known), []);
        Span<byte> check = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(check, XxHash3.HashToUInt64(plan.GetBuffer().AsSpan(0, (int)plan.Length)));
        plan.Write(check);
        return plan.ToArray();
    }

    /// <summary>Reads a plan, of which nothing is vetted; null when it can't be.</summary>
    /// <param name="plan">The object.</param>
    /// <param name="manifest">The manifest that it must be for.</param>
    /// <param name="priorJson">The prior manifest; empty for none.</param>
    /// <param name="priorChunks">The prior manifest's chunks.</param>
    public static PlacedManifest? TryRead(ReadOnlySpan<byte> plan, Digest manifest, byte[] priorJson, IEnumerable<Digest> priorChunks)
    {
        if (plan.Length < Magic.Length + sizeof(ulong)
            || !plan.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt64LittleEndian(plan[^sizeof(ulong)..]) != XxHash3.HashToUInt64(plan[..^sizeof(ulong)]))
        {
            return null;
        }

        var rest = plan[Magic.Length..^sizeof(ulong)];
        if (ReadSection(ref rest, priorJson) is not { } json || Digest.Of(json) != manifest || ReadSection(ref rest, []) is not { } places)
        {
            return null;
        }

        try
        {
            var found = ManifestSerializer.Deserialize(manifest, json);
            return new PlacedManifest(json, found, ReadPlaces(places, [.. ChunksOf(found).Concat(priorChunks).Distinct()]));
        }
        catch (Exception exception) when (exception is EdgeAIException or IOException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The chunks of a manifest, in order.</summary>
    public static IEnumerable<Digest> ChunksOf(ModelManifest manifest) => manifest.Files.SelectMany(file => file.Chunks).Select(chunk => chunk.Digest);

    private static void WriteSection(MemoryStream plan, byte[] plain, byte[] prefix)
    {
        var stored = new byte[plain.Length];
        var length = PrefixFrames.Encode(plain, prefix, stored);
        stored = length == 0 ? plain : stored[..length];
        Span<byte> lengths = stackalloc byte[2 * sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(lengths, plain.Length);
        BinaryPrimitives.WriteInt32LittleEndian(lengths[sizeof(int)..], stored.Length);
        plan.Write(lengths);
        plan.Write(stored);
    }

    private static byte[]? ReadSection(ref ReadOnlySpan<byte> plan, byte[] prefix)
    {
        const int Lengths = 2 * sizeof(int);
        if (plan.Length < Lengths)
        {
            return null;
        }

        var (length, stored) = (BinaryPrimitives.ReadInt32LittleEndian(plan), BinaryPrimitives.ReadInt32LittleEndian(plan[sizeof(int)..]));
        if (length is < 0 or > MaxLength || stored < 0 || stored > length || stored > plan.Length - Lengths)
        {
            return null;
        }

        var frame = plan.Slice(Lengths, stored);
        plan = plan[(Lengths + stored)..];
        if (stored == length)
        {
            return frame.ToArray();
        }

        var plain = new byte[length];
        return PrefixFrames.TryDecode(frame, prefix, plain) ? plain : null;
    }

    // A place is some ten bytes: chunks are counted up rather than named, and most stand where the one before ends.
    private static byte[] WritePlaces(IReadOnlyCollection<KeyValuePair<Digest, ChunkLocation>> places, IReadOnlyList<Digest> known)
    {
        var numbers = new Dictionary<Digest, int>();
        foreach (var chunk in known)
        {
            numbers.TryAdd(chunk, numbers.Count);
        }

        var strangers = places.Select(place => place.Key)
            .Concat(places.Select(place => place.Value.Base?.Chunk).OfType<Digest>())
            .Where(chunk => !numbers.ContainsKey(chunk)).Distinct().ToList();
        foreach (var chunk in strangers)
        {
            numbers.Add(chunk, numbers.Count);
        }

        var packs = places.Select(place => place.Value.Pack).Distinct().Order().ToList();
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        WriteDigests(writer, strangers);
        WriteDigests(writer, packs);
        writer.Write7BitEncodedInt(places.Count);
        var (pack, end) = (-1, 0L);
        foreach (var (chunk, place) in places.OrderBy(place => place.Value.Pack).ThenBy(place => place.Value.Offset))
        {
            var number = packs.BinarySearch(place.Pack);
            (pack, end) = (number, number == pack ? end : PackFormat.HeaderLength);
            writer.Write7BitEncodedInt(numbers[chunk]);
            writer.Write7BitEncodedInt(pack);
            writer.Write7BitEncodedInt64(place.Offset - end);
            writer.Write7BitEncodedInt(place.StoredLength);
            writer.Write7BitEncodedInt(place.Length);
            writer.Write(place.Codec);
            writer.Write(place.Base?.Depth ?? 0);
            if (place.Base is { } needed)
            {
                writer.Write7BitEncodedInt(numbers[needed.Chunk]);
                writer.Write7BitEncodedInt(needed.Length);
            }

            end = place.Offset + place.StoredLength;
        }

        writer.Flush();
        return bytes.ToArray();
    }

    private static Dictionary<Digest, ChunkLocation> ReadPlaces(byte[] bytes, List<Digest> known)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes, writable: false));
        known.AddRange(ReadDigests(reader, bytes.Length));
        var packs = ReadDigests(reader, bytes.Length);
        var count = reader.Read7BitEncodedInt();
        var places = new Dictionary<Digest, ChunkLocation>();
        var (pack, end) = (-1, 0L);
        for (var i = 0; i < count; i++)
        {
            var chunk = known[reader.Read7BitEncodedInt()];
            var number = reader.Read7BitEncodedInt();
            (pack, end) = (number, number == pack ? end : PackFormat.HeaderLength);
            var offset = end + reader.Read7BitEncodedInt64();
            var (stored, length) = (reader.Read7BitEncodedInt(), reader.Read7BitEncodedInt());
            var codec = reader.ReadByte();
            var depth = reader.ReadByte();
            var needed = depth == 0 ? default(ChunkBase?) : new ChunkBase(known[reader.Read7BitEncodedInt()], reader.Read7BitEncodedInt(), depth);
            places[chunk] = new ChunkLocation(packs[pack], offset, stored, length, 0, codec, needed);
            end = offset + stored;
        }

        return places;
    }

    private static void WriteDigests(BinaryWriter writer, List<Digest> digests)
    {
        writer.Write7BitEncodedInt(digests.Count);
        foreach (var digest in digests)
        {
            writer.Write(digest.ToArray());
        }
    }

    private static List<Digest> ReadDigests(BinaryReader reader, int available)
    {
        var count = reader.Read7BitEncodedInt();
        if (count < 0 || count > available / Digest.Size)
        {
            throw new FormatException("There can't be so many.");
        }

        var digests = new List<Digest>(count);
        for (var i = 0; i < count; i++)
        {
            digests.Add(new Digest(reader.ReadBytes(Digest.Size)));
        }

        return digests;
    }
}
