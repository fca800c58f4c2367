using System.Text;
using EdgeAI.Models;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Gguf;
using EdgeAI.Testing.Safetensors;

namespace EdgeAI.Storage.Tests.Importing;

/// <summary>Safetensors and GGUF files that must be refused, and some odd ones that must not.</summary>
public sealed class HostileFormatTests : IDisposable
{
    private static readonly Dictionary<string, byte[]> Hostile = Safetensors().Concat(Gguf()).ToDictionary(file => file.Name, file => file.Content);

    private static readonly Dictionary<string, byte[]> Odd = new()
    {
        ["empty-header.safetensors"] = SafetensorsBuilder.Build("{}", []),
        ["no-elements.safetensors"] = new SafetensorsBuilder().Tensor("w", [], 0, 4).Tensor("v", [1], 1).Build(),
        ["scalar.safetensors"] = new SafetensorsBuilder().Tensor("w", [1f]).Build(),
        ["unknown-type.safetensors"] = new SafetensorsBuilder().Tensor("w", "F6_E2M3", new byte[6000], 8000).Build(),
        ["unknown-property.safetensors"] = new SafetensorsBuilder().Entry("w", """{"dtype":"U8","shape":[],"data_offsets":[0,1],"note":{"a":[1]}}""").Data([1]).Build(),
        ["padded.safetensors"] = new SafetensorsBuilder { Padding = 100 }.Tensor("w", [1f], 1).Build(),
        ["long-metadata.safetensors"] = new SafetensorsBuilder().Metadata("k", new string('x', 200_000)).Build(),
        ["empty.gguf"] = new GgufBuilder().Build(),
        ["version-2.gguf"] = new GgufBuilder { Version = 2 }.Tensor("w", [1f], 1).Build(),
        ["unknown-type.gguf"] = new GgufBuilder().Tensor("w", 77, new byte[9000], 3).Tensor("v", [1f], 1).Build(),
        ["aligned-64.gguf"] = new GgufBuilder { Alignment = 64 }.Number("general.alignment", 64).Tensor("a", [1f], 1).Tensor("w", [1f], 1).Build(),
        ["lists.gguf"] = new GgufBuilder().Texts("tokens", "a", "b").Value("nested", 9, writer => { writer.Write(9u); writer.Write(1UL); writer.Write(5u); writer.Write(1UL); writer.Write(7); }).Build(),
        ["all-types.gguf"] = AllTypes(),
    };

    private readonly TestStore _test = new();

    public static TheoryData<string> HostileNames => [.. Hostile.Keys];

    public static TheoryData<string> OddNames => [.. Odd.Keys];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _test.Dispose();

    [Theory]
    [MemberData(nameof(HostileNames))]
    public async Task ImportAsync_HostileFile_IsRefusedAndLeavesNothing(string name)
    {
        await RequireInvalidAsync(name, Hostile[name]);
        await _test.RequireUnharmedAsync([], "m:1", TestModels.Add);
    }

    [Theory]
    [MemberData(nameof(OddNames))]
    public async Task ImportAsync_OddFile_IsTaken(string name)
    {
        await _test.Store.ImportAsync("m:1", ModelSource.FromMemory(Odd[name], name), null, Cancellation);
        await using var stream = await _test.Store.OpenAsync("m:1", null, Cancellation);

        Assert.Equal(Odd[name], await TestStore.ReadAsync(stream));
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("model.gguf")]
    public async Task ImportAsync_FileCutOffAnywhere_IsRefused(string name)
    {
        var content = name == "model.gguf"
            ? new GgufBuilder().Text("general.name", "cut").Tensor("w", [1f, 2f], 2).Build()
            : new SafetensorsBuilder().Metadata("k", "v").Tensor("w", [1f, 2f], 2).Build();

        for (var length = 0; length < content.Length; length++)
        {
            await RequireInvalidAsync(name, content[..length]);
        }
    }

    [Fact]
    public async Task ImportAsync_HeaderOfManyNestedLists_IsRefusedAtOnce() =>
        await RequireInvalidAsync("m.safetensors", SafetensorsBuilder.Build("{\"a\":" + new string('[', 50_000_000), []));

    [Fact]
    public async Task InspectAsync_Metadata_IsShortValuesOnly()
    {
        var content = new GgufBuilder()
            .Text("general.architecture", "llama").Number("general.file_type", 7).Text("tokenizer.chat_template", new string('x', 10_000)).Texts("tokens", "a", "b")
            .Value("rope", 6, writer => writer.Write(0.5f)).Value("flag", 7, writer => writer.Write(true)).Value("bias", 1, writer => writer.Write((sbyte)-3)).Build();
        await _test.Store.ImportAsync("m:1", ModelSource.FromMemory(content, "m.gguf"), null, Cancellation);

        var metadata = (await _test.Store.InspectAsync("m:1", Cancellation)).Metadata;

        Assert.Equal(
            ["bias=-3", "flag=true", "general.architecture=llama", "general.file_type=7", "rope=0.5"],
            metadata.Select(entry => $"{entry.Key}={entry.Value}"));
    }

    private static IEnumerable<(string Name, byte[] Content)> Safetensors()
    {
        (string Name, string Entry)[] entries =
        [
            ("beyond-end", """{"dtype":"U8","shape":[9],"data_offsets":[0,9]}"""),
            ("backwards", """{"dtype":"U8","shape":[8],"data_offsets":[8,0]}"""),
            ("negative", """{"dtype":"U8","shape":[8],"data_offsets":[-8,0]}"""),
            ("negative-dimension", """{"dtype":"U8","shape":[-8],"data_offsets":[0,8]}"""),
            ("fraction", """{"dtype":"U8","shape":[8],"data_offsets":[0,8.5]}"""),
            ("offset-of-2-64", """{"dtype":"U8","shape":[8],"data_offsets":[0,18446744073709551616]}"""),
            ("one-offset", """{"dtype":"U8","shape":[8],"data_offsets":[0]}"""),
            ("three-offsets", """{"dtype":"U8","shape":[8],"data_offsets":[0,8,9]}"""),
            ("shape-of-other-length", """{"dtype":"F32","shape":[8],"data_offsets":[0,8]}"""),
            ("shape-overflows", """{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}"""),
            ("two-types", """{"dtype":"U8","dtype":"I8","shape":[8],"data_offsets":[0,8]}"""),
            ("no-type", """{"shape":[8],"data_offsets":[0,8]}"""),
            ("no-shape", """{"dtype":"U8","data_offsets":[0,8]}"""),
            ("no-place", """{"dtype":"U8","shape":[8]}"""),
            ("type-is-number", """{"dtype":1,"shape":[8],"data_offsets":[0,8]}"""),
            ("gap-at-start", """{"dtype":"U8","shape":[4],"data_offsets":[4,8]}"""),
            ("gap-at-end", """{"dtype":"U8","shape":[4],"data_offsets":[0,4]}"""),
            ("is-a-number", "7"),
            ("half-character", """{"dtype":"\ud800","shape":[8],"data_offsets":[0,8]}"""),
        ];
        foreach (var (name, entry) in entries)
        {
            yield return (name + ".safetensors", new SafetensorsBuilder().Entry("w", entry).Data(new byte[8]).Build());
        }

        yield return ("duplicate.safetensors", new SafetensorsBuilder().Tensor("w", [1f], 1).Tensor("w", [1f], 1).Build());
        yield return ("overlap.safetensors", new SafetensorsBuilder().Tensor("w", [1f, 2f], 2).Entry("v", """{"dtype":"U8","shape":[4],"data_offsets":[4,8]}""").Build());
        yield return ("overlap-and-gap.safetensors", Overlapping());
        yield return ("metadata-is-number.safetensors", new SafetensorsBuilder().Entry("__metadata__", """{"a":1}""").Build());
        yield return ("text-after.safetensors", SafetensorsBuilder.Build("{}{}", []));
        yield return ("list.safetensors", SafetensorsBuilder.Build("[]", []));
        yield return ("no-header.safetensors", new byte[8]);
        yield return ("data-only.safetensors", SafetensorsBuilder.Build("{}", [1]));
        yield return ("not-unicode.safetensors", [6, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'7']);
        yield return ("header-beyond-end.safetensors", [100, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}']);
        yield return ("header-of-2-63.safetensors", [0, 0, 0, 0, 0, 0, 0, 0x80, (byte)'{', (byte)'}']);
        yield return ("zeros.safetensors", new byte[5000]);
        yield return ("noise.safetensors", SeededRandom.Bytes(1, 5000));
        yield return ("no-map.safetensors.index.json", "{\"metadata\":{}}"u8.ToArray());
        yield return ("empty-map.safetensors.index.json", "{\"weight_map\":{}}"u8.ToArray());
        yield return ("map-of-numbers.safetensors.index.json", "{\"weight_map\":{\"w\":1}}"u8.ToArray());
        yield return ("too-many.safetensors.index.json", ManyShards());
        yield return ("zeros.safetensors.index.json", new byte[100]);
        yield return ("empty.safetensors.index.json", []);
    }

    private static byte[] Overlapping() => new SafetensorsBuilder()
        .Entry("w", """{"dtype":"U8","shape":[4],"data_offsets":[0,4]}""")
        .Entry("v", """{"dtype":"U8","shape":[4],"data_offsets":[2,6]}""").Data(new byte[8]).Build();

    private static byte[] ManyShards() =>
        Encoding.UTF8.GetBytes("{\"weight_map\":{" + string.Join(',', Enumerable.Range(0, 5000).Select(i => $"\"{i}\":\"{i}\"")) + "}}");

    private static IEnumerable<(string Name, byte[] Content)> Gguf() =>
    [
        ("version-1.gguf", new GgufBuilder { Version = 1 }.Build()),
        ("version-4.gguf", new GgufBuilder { Version = 4 }.Build()),
        ("big-endian.gguf", new GgufBuilder { Version = 0x0300_0000 }.Build()),
        ("tensors-beyond-end.gguf", new GgufBuilder { TensorCount = 1000 }.Build()),
        ("tensors-2-63.gguf", new GgufBuilder { TensorCount = 1UL << 63 }.Build()),
        ("tensors-2-32.gguf", new GgufBuilder { TensorCount = 1UL << 32 }.Build()),
        ("entries-2-64.gguf", new GgufBuilder { MetadataCount = ulong.MaxValue }.Build()),
        ("entries-too-many.gguf", new GgufBuilder { MetadataCount = 70_000 }.Tensor("w", new float[300_000], 300_000).Build()),
        ("list-of-2-60.gguf", new GgufBuilder().Value("a", 9, writer => { writer.Write(10u); writer.Write(1UL << 60); }).Build()),
        ("list-of-2-61-times-8.gguf", new GgufBuilder().Value("a", 9, writer => { writer.Write(10u); writer.Write((1UL << 61) + 1); writer.Write(1UL); }).Build()),
        ("lists-nested.gguf", new GgufBuilder().Value("a", 9, writer => { for (var i = 0; i < 1000; i++) { writer.Write(9u); writer.Write(1UL); } }).Build()),
        ("list-of-unknown.gguf", new GgufBuilder().Value("a", 9, writer => { writer.Write(13u); writer.Write(0UL); }).Build()),
        ("value-of-unknown-type.gguf", new GgufBuilder().Value("a", 99, writer => writer.Write(0UL)).Build()),
        ("text-beyond-end.gguf", new GgufBuilder().Value("a", 8, writer => writer.Write(1UL << 40)).Build()),
        ("text-of-2-64.gguf", new GgufBuilder().Value("a", 8, writer => writer.Write(ulong.MaxValue)).Build()),
        ("two-keys.gguf", new GgufBuilder().Number("a", 1).Number("a", 2).Build()),
        ("alignment-zero.gguf", new GgufBuilder().Number("general.alignment", 0).Build()),
        ("alignment-three.gguf", new GgufBuilder().Number("general.alignment", 3).Build()),
        ("alignment-2-31.gguf", new GgufBuilder().Number("general.alignment", 1u << 31).Build()),
        ("alignment-is-text.gguf", new GgufBuilder().Text("general.alignment", "32").Build()),
        ("two-names.gguf", new GgufBuilder().Tensor("w", [1f], 1).Tensor("w", [1f], 1).Build()),
        ("five-dimensions.gguf", new GgufBuilder().Tensor("w", [1f], 1, 1, 1, 1, 1).Build()),
        ("shape-overflows.gguf", new GgufBuilder().Announce("w", 0, 0, 1UL << 40, 1UL << 40).Build()),
        ("shape-of-2-64.gguf", new GgufBuilder().Announce("w", 0, 0, ulong.MaxValue).Build()),
        ("no-data.gguf", new GgufBuilder().Announce("w", 0, 0, 1000).Build()),
        ("offset-beyond-end.gguf", new GgufBuilder().Announce("w", 0, 1 << 20, 1).Build()),
        ("offset-of-2-64.gguf", new GgufBuilder().Announce("w", 0, ulong.MaxValue - 31, 1).Build()),
        ("offset-unaligned.gguf", new GgufBuilder().Tensor("v", new float[64], 64).Announce("w", 0, 4, 1).Build()),
        ("empty-tensor-beyond-end.gguf", new GgufBuilder().Announce("v", 0, 64, 0).Announce("w", 0, 0, 16).Build()),
        ("overlap.gguf", new GgufBuilder().Tensor("v", new float[64], 64).Announce("w", 0, 32, 4).Build()),
        ("half-a-block.gguf", new GgufBuilder().Tensor("w", 2, new byte[18], 16).Build()),
        ("zeros.gguf", new byte[5000]),
        ("noise.gguf", SeededRandom.Bytes(1, 5000)),
        ("magic-only", [(byte)'G', (byte)'G', (byte)'U', (byte)'F']),
    ];

    private static byte[] AllTypes()
    {
        (uint Type, int Bytes, ulong Elements)[] types =
        [
            (0, 4, 1), (1, 2, 1), (2, 18, 32), (3, 20, 32), (6, 22, 32), (7, 24, 32), (8, 34, 32), (9, 36, 32), (10, 84, 256), (11, 110, 256), (12, 144, 256),
            (13, 176, 256), (14, 210, 256), (15, 292, 256), (16, 66, 256), (17, 74, 256), (18, 98, 256), (19, 50, 256), (20, 18, 32), (21, 110, 256), (22, 82, 256),
            (23, 136, 256), (24, 1, 1), (25, 2, 1), (26, 4, 1), (27, 8, 1), (28, 8, 1), (29, 56, 256), (30, 2, 1), (34, 54, 256), (35, 66, 256), (39, 17, 32),
        ];
        var builder = new GgufBuilder();
        foreach (var (type, bytes, elements) in types)
        {
            builder.Tensor($"t{type}", type, new byte[bytes * 200], elements * 200);
        }

        return builder.Build();
    }

    private async Task RequireInvalidAsync(string name, byte[] content)
    {
        var exception = await Record.ExceptionAsync(() => _test.Store.ImportAsync("bad:1", ModelSource.FromMemory(content, name), null, Cancellation).AsTask());

        Assert.True(exception is InvalidModelException, $"{name}, {content.Length} bytes: {exception?.ToString() ?? "taken"}");
    }
}
