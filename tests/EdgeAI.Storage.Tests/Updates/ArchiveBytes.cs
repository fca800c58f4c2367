using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeAI.Models;

namespace EdgeAI.Storage.Tests.Updates;

/// <summary>An archive taken apart, so that a test can change a part and have all lengths and digests right again.</summary>
internal sealed class ArchiveBytes
{
    private const int MagicLength = 8;

    private readonly byte[] _magic;
    private readonly byte[] _pack;

    public ArchiveBytes(byte[] archive)
    {
        var headerLength = BinaryPrimitives.ReadInt32LittleEndian(archive.AsSpan(MagicLength));
        var rest = archive.AsSpan(MagicLength + sizeof(int));
        _magic = archive[..MagicLength];
        Header = JsonNode.Parse(rest[..headerLength])!.AsObject();
        var manifestLength = (int)Header["manifestLength"]!;
        Manifest = JsonNode.Parse(rest.Slice(headerLength, manifestLength))!.AsObject();
        _pack = rest[(headerLength + manifestLength)..].ToArray();
    }

    public JsonObject Header { get; }

    public JsonObject Manifest { get; }

    /// <summary>The whole archive with the manifest's digest and length as they are now.</summary>
    public byte[] Build()
    {
        var manifest = JsonSerializer.SerializeToUtf8Bytes(Manifest);
        Header["manifest"] = Digest.Of(manifest).ToString();
        Header["manifestLength"] = manifest.Length;
        return BuildWithHeader(manifest);
    }

    /// <summary>The whole archive with the header as it is, whatever it says.</summary>
    public byte[] BuildAsIs() => BuildWithHeader(JsonSerializer.SerializeToUtf8Bytes(Manifest));

    private byte[] BuildWithHeader(byte[] manifest)
    {
        var header = Encoding.UTF8.GetBytes(Header.ToJsonString());
        var length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, header.Length);
        return [.. _magic, .. length, .. header, .. manifest, .. _pack];
    }
}
