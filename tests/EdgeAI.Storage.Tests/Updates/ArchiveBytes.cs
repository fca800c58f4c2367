using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeAI.Models;
using EdgeAI.Storage.Codecs;

namespace EdgeAI.Storage.Tests.Updates;

/// <summary>An archive of a whole model taken apart, so that a test can change a part and have all lengths and digests right again.</summary>
internal sealed class ArchiveBytes
{
    private const int MagicLength = 8;

    private readonly byte[] _magic;
    private readonly byte[] _stored;
    private readonly byte[] _pack;

    public ArchiveBytes(byte[] archive)
    {
        var headerLength = BinaryPrimitives.ReadInt32LittleEndian(archive.AsSpan(MagicLength));
        var rest = archive.AsSpan(MagicLength + sizeof(int));
        _magic = archive[..MagicLength];
        Header = JsonNode.Parse(rest[..headerLength])!.AsObject();
        var stored = (int)Header["manifestStored"]!;
        _stored = rest.Slice(headerLength, stored).ToArray();
        _pack = rest[(headerLength + stored)..].ToArray();
        var manifest = new byte[(int)Header["manifestLength"]!];
        Assert.True(PrefixFrames.TryDecode(_stored, [], manifest));
        Manifest = JsonNode.Parse(manifest)!.AsObject();
    }

    public JsonObject Header { get; }

    public JsonObject Manifest { get; }

    /// <summary>The whole archive with the manifest's digest and length as they are now; it is not compressed.</summary>
    public byte[] Build()
    {
        var manifest = JsonSerializer.SerializeToUtf8Bytes(Manifest);
        Header["manifest"] = Digest.Of(manifest).ToString();
        Header["manifestLength"] = manifest.Length;
        Header["manifestStored"] = manifest.Length;
        return BuildWithHeader(manifest);
    }

    /// <summary>The whole archive with the header as it is, whatever it says, and the manifest as it came.</summary>
    public byte[] BuildAsIs() => BuildWithHeader(_stored);

    private byte[] BuildWithHeader(byte[] stored)
    {
        var header = Encoding.UTF8.GetBytes(Header.ToJsonString());
        var length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, header.Length);
        return [.. _magic, .. length, .. header, .. stored, .. _pack];
    }
}
