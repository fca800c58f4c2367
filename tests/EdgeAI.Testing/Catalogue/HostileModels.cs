using System.Text;
using EdgeAI.Inference;
using EdgeAI.Testing.Onnx;

namespace EdgeAI.Testing.Catalogue;

/// <summary>Files that look like models and are not, or that reach for what is not theirs.</summary>
public static class HostileModels
{
    private static readonly Lazy<IReadOnlyDictionary<string, HostileModel>> ByName = new(() =>
        NotModels().Concat(Structures()).Concat(Tensors()).Concat(ExternalPaths()).Concat(ExternalRanges()).ToDictionary(model => model.Name));

    /// <summary>Every hostile model.</summary>
    public static IEnumerable<HostileModel> All => ByName.Value.Values;

    /// <summary>The names of <see cref="All"/>, for theories.</summary>
    public static IEnumerable<string> Names => ByName.Value.Keys;

    /// <summary>A hostile model by its name.</summary>
    public static HostileModel Get(string name) => ByName.Value[name];

    /// <summary>Models whose numbers do not add up inside a typed field: the store keeps them as they are, and loading refuses them.</summary>
    public static IReadOnlyDictionary<string, byte[]> Unloadable { get; } = new Dictionary<string, byte[]>
    {
        ["string-in-raw-data"] = GraphFields(graph => graph.WriteMessage(5, StringInRawData)),
        ["typed-data-too-short"] = Weighted(new OnnxTensor { Name = "w", Type = ElementType.Float32, Dimensions = [64], Data = new byte[16] }.AsTyped()),
        ["typed-varints-too-few"] = Weighted(new OnnxTensor { Name = "w", Type = ElementType.Int64, Dimensions = [64], Data = new byte[16] }.AsTyped()),
        ["typed-varints-too-many"] = Weighted(new OnnxTensor { Name = "w", Type = ElementType.Int32, Dimensions = [2], Data = new byte[8000] }.AsTyped()),
        ["typed-field-of-another-type"] = Weighted(new OnnxTensor { Name = "w", Type = ElementType.String, Dimensions = [3] }.AsTyped()),
    };

    /// <summary>A model file cut off after some bytes.</summary>
    public static byte[] Truncate(TestModel model, int length) => model.Content[..length];

    private static IEnumerable<HostileModel> NotModels() =>
    [
        Invalid("empty", []),
        Invalid("one-byte", [0x08]),
        Invalid("zeros", new byte[5000]),
        Invalid("noise", SeededRandom.Bytes(1, 5000)),
        Invalid("text", Encoding.UTF8.GetBytes("This is no model, and it is long enough to be taken for one at a glance.")),
        Invalid("json", Encoding.UTF8.GetBytes("{\"irVersion\": 10, \"graph\": {}}")),
        Invalid("zip", [0x50, 0x4B, 0x03, 0x04, .. SeededRandom.Bytes(2, 2000)]),
        Invalid("gzip", [0x1F, 0x8B, 0x08, 0x00, .. SeededRandom.Bytes(3, 2000)]),
        Invalid("html", Encoding.UTF8.GetBytes("<!DOCTYPE html><html><body>404 Not Found</body></html>")),
        Invalid("lfs-pointer", Encoding.UTF8.GetBytes("version https://git-lfs.github.com/spec/v1\noid sha256:" + new string('a', 64) + "\nsize 12345\n")),
    ];

    private static IEnumerable<HostileModel> Structures() =>
    [
        Invalid("no-graph", Fields(writer => writer.WriteInteger(1, 10))),
        Invalid("graph-is-a-number", Fields(writer => { writer.WriteInteger(1, 10); writer.WriteInteger(7, 5); })),
        Invalid("ir-version-is-bytes", Fields(writer => { writer.WriteText(1, "ten"); writer.WriteMessage(7, _ => { }); })),
        Invalid("length-beyond-end", Fields(writer => { writer.WriteInteger(1, 10); writer.WriteTag(7, WireType.LengthDelimited); writer.WriteVarint(1 << 20); })),
        Invalid("length-of-2-63", Fields(writer => { writer.WriteInteger(1, 10); writer.WriteTag(7, WireType.LengthDelimited); writer.WriteVarint(1UL << 63); })),
        Invalid("length-negative", Fields(writer => { writer.WriteInteger(1, 10); writer.WriteTag(7, WireType.LengthDelimited); writer.WriteVarint(ulong.MaxValue); })),
        Invalid("varint-without-end", Fields(writer => { writer.WriteInteger(1, 10); writer.WriteRaw([0x38, .. Enumerable.Repeat((byte)0xFF, 20)]); })),
        Invalid("field-zero", Fields(writer => { writer.WriteInteger(1, 10); writer.WriteRaw([0x02, 0x00]); })),
        Invalid("wire-type-seven", Fields(writer => { writer.WriteInteger(1, 10); writer.WriteRaw([0x3F, 0x00]); })),
        Invalid("group-without-end", Fields(writer => { writer.WriteInteger(1, 10); writer.WriteTag(7, WireType.StartGroup); })),
        Invalid("tensor-is-a-number", GraphFields(graph => graph.WriteInteger(5, 1))),
        Invalid("packed-dimension-cut-off", GraphFields(graph => graph.WriteMessage(5, tensor => tensor.WriteBytes(1, [0xFF, 0xFF])))),
        Invalid("tensor-cut-off", GraphFields(graph => graph.WriteBytes(5, [0x4A, 0x7F, 0x00]))),
        Invalid("nested-200-deep", NestedBare(200)),
        Invalid("nested-5000-deep", NestedBare(5000)),
    ];

    private static IEnumerable<HostileModel> Tensors() =>
    [
        Invalid("dimension-negative", Weighted(new OnnxTensor { Name = "w", Type = ElementType.Float32, Dimensions = [-4], Data = new byte[16] })),
        Invalid("dimensions-overflow", Weighted(Huge(1L << 40, 1L << 40))),
        Invalid("dimensions-of-2-62", Weighted(Huge(1L << 62))),
        Invalid("raw-data-too-short", Weighted(new OnnxTensor { Name = "w", Type = ElementType.Float32, Dimensions = [64, 64], Data = new byte[16] })),
        Invalid("raw-data-too-long", Weighted(new OnnxTensor { Name = "w", Type = ElementType.Float32, Dimensions = [2], Data = new byte[16384] })),
        Invalid("raw-data-empty", Weighted(new OnnxTensor { Name = "w", Type = ElementType.Float32, Dimensions = [64, 64] })),
        Invalid("element-type-unknown", Weighted(new OnnxTensor { Name = "w", Type = (ElementType)99, Dimensions = [4], Data = new byte[16] })),
        Invalid("element-type-none", Weighted(new OnnxTensor { Name = "w", Type = 0, Dimensions = [4], Data = new byte[16] })),
    ];

    private static IEnumerable<HostileModel> ExternalPaths() =>
    [
        Unsafe("parent", "../../etc/passwd"),
        Unsafe("parent-inside", "weights/../../secret.bin"),
        Unsafe("parent-only", ".."),
        Unsafe("absolute", "/etc/passwd"),
        Unsafe("backslash-parent", "..\\..\\secret.bin"),
        Unsafe("backslash-absolute", "\\secret.bin"),
        Unsafe("drive", "C:\\secret.bin"),
        Unsafe("drive-slash", "C:/secret.bin"),
        Unsafe("share", "\\\\host\\share\\secret.bin"),
        Unsafe("zero-character", "model.data\0.txt"),
        Unsafe("dot", "."),
        Reference("path-empty", new ExternalData(string.Empty, 0, 64, WritesFile: false), HostileModelRefusal.Invalid, null),
        Reference("path-too-long", new ExternalData(new string('n', 900), 0, 64, WritesFile: false), HostileModelRefusal.MissingFile, null),
        Reference("file-missing", new ExternalData("missing.bin", 0, 64, WritesFile: false), HostileModelRefusal.MissingFile, null),
        Reference("folder-missing", new ExternalData("no/such/folder/missing.bin", 0, 64, WritesFile: false), HostileModelRefusal.MissingFile, null),
    ];

    private static IEnumerable<HostileModel> ExternalRanges() =>
    [
        Range("offset-beyond-end", 1 << 20, 64),
        Range("offset-negative", -64, 64),
        Range("offset-near-2-63", long.MaxValue - 8, 64),
        Range("length-beyond-end", 0, 1 << 20),
        Range("length-negative", 0, -1),
        Range("length-too-short", 0, 16),
        Range("length-too-long", 0, 128),
        Range("file-too-short", 200, null),
    ];

    private static HostileModel Invalid(string name, byte[] content) =>
        new(name, content, HostileModelRefusal.Invalid, new Dictionary<string, byte[]>());

    private static HostileModel Unsafe(string name, string location) =>
        Reference($"path-{name}", new ExternalData(location, 0, 64, WritesFile: false), HostileModelRefusal.UnsafePath, null);

    private static HostileModel Range(string name, long offset, long? length) =>
        Reference($"range-{name}", new ExternalData("model.data", offset, length, WritesFile: false), HostileModelRefusal.Invalid, new byte[256]);

    private static HostileModel Reference(string name, ExternalData reference, HostileModelRefusal refusal, byte[]? file) => new(
        name,
        Weighted(new OnnxTensor { Name = "w", Type = ElementType.Float32, Dimensions = [16] }.AsExternal(reference)),
        refusal,
        file is null ? new Dictionary<string, byte[]>() : new Dictionary<string, byte[]> { [reference.Location] = file });

    private static OnnxTensor Huge(params long[] dimensions) =>
        new() { Name = "w", Type = ElementType.Float32, Dimensions = dimensions, Data = new byte[16] };

    private static void StringInRawData(ProtobufWriter tensor)
    {
        tensor.WriteInteger(1, 1);
        tensor.WriteInteger(2, (int)ElementType.String);
        tensor.WriteText(8, "w");
        tensor.WriteText(9, "text");
    }

    private static byte[] Weighted(OnnxTensor weight) => Model(graph => graph
        .Output("y", OnnxType.TensorOfAnyRank(weight.Type))
        .Initializer(weight)
        .Node("Identity", ["w"], ["y"]));

    private static byte[] Model(Action<OnnxGraph> define)
    {
        var builder = new OnnxModelBuilder();
        define(builder.Graph);
        return builder.Build();
    }

    private static byte[] Fields(Action<ProtobufWriter> write)
    {
        var writer = new ProtobufWriter();
        write(writer);
        return writer.ToArray();
    }

    private static byte[] GraphFields(Action<ProtobufWriter> write) => Fields(writer =>
    {
        writer.WriteInteger(1, 10);
        writer.WriteMessage(7, write);
        writer.WriteMessage(8, opset => opset.WriteInteger(2, OnnxModelBuilder.DefaultOpset));
    });

    // Graph, node, attribute, graph: nothing but the nesting itself, built from the inside out.
    private static byte[] NestedBare(int depth)
    {
        byte[] graph = [];
        for (var level = 0; level < depth; level++)
        {
            var inner = graph;
            graph = Fields(writer => writer.WriteMessage(1, node => node.WriteMessage(5, attribute => attribute.WriteBytes(6, inner))));
        }

        return Fields(writer =>
        {
            writer.WriteInteger(1, 10);
            writer.WriteBytes(7, graph);
        });
    }
}
