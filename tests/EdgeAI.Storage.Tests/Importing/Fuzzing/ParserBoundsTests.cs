using System.Text;
using EdgeAI.Storage.Importing;
using EdgeAI.Storage.Importing.Gguf;
using EdgeAI.Storage.Importing.Onnx;
using EdgeAI.Storage.Importing.Safetensors;
using EdgeAI.Testing;
using EdgeAI.Testing.Gguf;
using EdgeAI.Testing.Onnx;
using EdgeAI.Testing.Safetensors;

namespace EdgeAI.Storage.Tests.Importing.Fuzzing;

/// <summary>Files of a few megabytes that say as much as a few megabytes can: what a parser keeps of them, and how long it takes, stays in proportion.</summary>
[Collection(nameof(MeasuredMemory))]
public sealed class ParserBoundsTests
{
    private const long FreeMemory = 64L << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly Dictionary<string, (Func<byte[]> Make, Func<Stream, object> Parse)> Files = new()
    {
        ["onnx-external-tensors-nested"] = (() => Nested(60, graph => Repeat(graph, 5, 65_000, ExternalTensor)), OnnxModelParser.Parse),
        ["onnx-external-tensors-of-many-dimensions"] = (() => Model(graph => Repeat(graph, 5, 65_000, ManyDimensions)), OnnxModelParser.Parse),
        ["onnx-external-tensors-of-many-fields"] = (() => Model(graph => graph.WriteMessage(5, tensor => Repeat(tensor, 13, 2_000_000, _ => { }))), OnnxModelParser.Parse),
        ["onnx-external-tensors-too-many"] = (() => Model(graph => Repeat(graph, 5, 500_000, ExternalTensor)), OnnxModelParser.Parse),
        ["onnx-initializers"] = (() => Model(graph => Repeat(graph, 5, 1_000_000, tensor => tensor.WriteInteger(2, 1))), OnnxModelParser.Parse),
        ["onnx-nodes"] = (() => Model(graph => Repeat(graph, 1, 3_000_000, _ => { })), OnnxModelParser.Parse),
        ["onnx-operators"] = (() => Model(graph => Number(graph, 200_000)), OnnxModelParser.Parse),
        ["onnx-inputs"] = (() => Model(graph => Repeat(graph, 11, 100_000, info => ManyDimensionsOfAnInput(info, 60))), OnnxModelParser.Parse),
        ["onnx-input-of-many-dimensions"] = (() => Model(graph => graph.WriteMessage(11, info => ManyDimensionsOfAnInput(info, 4_000_000))), OnnxModelParser.Parse),
        ["safetensors-empty-tensors"] = (() => SafetensorsBuilder.Build(Entries(500_000, """{"dtype":"U8","shape":[0],"data_offsets":[0,0]}"""), []), stream => SafetensorsParser.Parse(stream, null)),
        ["safetensors-tensors-in-one-place"] = (() => SafetensorsBuilder.Build(Entries(500_000, """{"dtype":"U8","shape":[4096],"data_offsets":[0,4096]}"""), new byte[4096]), stream => SafetensorsParser.Parse(stream, null)),
        ["safetensors-one-name"] = (() => SafetensorsBuilder.Build("{\"" + new string('n', 50_000_000), []), stream => SafetensorsParser.Parse(stream, null)),
        ["safetensors-shape"] = (() => SafetensorsBuilder.Build("{\"w\":{\"shape\":[" + new string('1', 1) + string.Concat(Enumerable.Repeat(",1", 5_000_000)), []), stream => SafetensorsParser.Parse(stream, null)),
        ["index-weights"] = (() => Encoding.UTF8.GetBytes("{\"weight_map\":" + Entries(1_000_000, "\"s\"") + "}"), SafetensorsIndexParser.Parse),
        ["gguf-empty-tensors"] = (() => Announced(131_072), GgufParser.Parse),
        ["gguf-metadata"] = (() => Described(65_536), GgufParser.Parse),
        ["gguf-list"] = (() => new GgufBuilder().Texts("a", [.. Enumerable.Repeat(string.Empty, 2_000_000)]).Build(), GgufParser.Parse),
        ["gguf-lists"] = (() => new GgufBuilder().Value("a", 9, Lists).Build(), GgufParser.Parse),
    };

    public static TheoryData<string> Names => [.. Files.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Parse_FileThatSaysMuch_KeepsAndTakesInProportion(string name)
    {
        var (make, parse) = Files[name];
        using var stream = new MemoryStream(make(), writable: false);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var started = ThreadTime.Now;
        var result = Try(parse, stream);
        var elapsed = ThreadTime.Now - started;
        var kept = GC.GetTotalMemory(forceFullCollection: true) - before;

        TestContext.Current.TestOutputHelper!.WriteLine($"{name}: {stream.Length >> 10} KiB, {elapsed.TotalMilliseconds:F0} ms, kept {kept >> 10} KiB: {(result as Exception)?.Message ?? "taken"}");
        Assert.InRange(kept, long.MinValue, (2 * stream.Length) + FreeMemory);
        Assert.True(elapsed < Patience, $"{elapsed} for {stream.Length} bytes");
        GC.KeepAlive(result);
    }

    private static object Try(Func<Stream, object> parse, Stream stream)
    {
        try
        {
            return parse(stream);
        }
        catch (MalformedModelException exception)
        {
            return exception;
        }
    }

    private static byte[] Model(Action<ProtobufWriter> graph)
    {
        var writer = new ProtobufWriter();
        writer.WriteInteger(1, 10);
        writer.WriteMessage(7, graph);
        writer.WriteMessage(8, opset => opset.WriteInteger(2, 21));
        return writer.ToArray();
    }

    private static byte[] Nested(int depth, Action<ProtobufWriter> innermost) => Model(graph => Nest(graph, depth, innermost));

    private static void Nest(ProtobufWriter graph, int depth, Action<ProtobufWriter> innermost)
    {
        if (depth == 0)
        {
            innermost(graph);
        }
        else
        {
            graph.WriteMessage(1, node => node.WriteMessage(5, attribute => attribute.WriteMessage(6, inner => Nest(inner, depth - 1, innermost))));
        }
    }

    private static void Repeat(ProtobufWriter writer, int number, int count, Action<ProtobufWriter> write)
    {
        var one = new ProtobufWriter();
        one.WriteMessage(number, write);
        var bytes = one.ToArray();
        for (var i = 0; i < count; i++)
        {
            writer.WriteRaw(bytes);
        }
    }

    private static void ExternalTensor(ProtobufWriter tensor)
    {
        tensor.WriteInteger(2, 1);
        tensor.WriteMessage(13, entry =>
        {
            entry.WriteText(1, "location");
            entry.WriteText(2, "a");
        });
        tensor.WriteInteger(14, 1);
    }

    private static void ManyDimensions(ProtobufWriter tensor)
    {
        tensor.WriteIntegers(1, [.. Enumerable.Repeat(1L, 60)], packed: true);
        ExternalTensor(tensor);
    }

    private static void ManyDimensionsOfAnInput(ProtobufWriter info, int count) => info.WriteMessage(2, type => type.WriteMessage(1, tensor =>
    {
        tensor.WriteInteger(1, 1);
        tensor.WriteMessage(2, shape => Repeat(shape, 1, count, _ => { }));
    }));

    private static void Number(ProtobufWriter graph, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var type = i;
            graph.WriteMessage(1, node => node.WriteText(4, type.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }
    }

    private static string Entries(int count, string value)
    {
        var json = new StringBuilder("{");
        for (var i = 0; i < count; i++)
        {
            json.Append(i == 0 ? "\"" : ",\"").Append(i).Append("\":").Append(value);
        }

        return json.Append('}').ToString();
    }

    private static byte[] Announced(int count)
    {
        var builder = new GgufBuilder();
        for (var i = 0; i < count; i++)
        {
            builder.Announce(i.ToString(System.Globalization.CultureInfo.InvariantCulture), 0, 0, 0);
        }

        return builder.Build();
    }

    private static byte[] Described(int count)
    {
        var builder = new GgufBuilder();
        for (var i = 0; i < count; i++)
        {
            builder.Number(i.ToString(System.Globalization.CultureInfo.InvariantCulture), 1);
        }

        return builder.Build();
    }

    private static void Lists(BinaryWriter writer)
    {
        const int Count = 500_000;
        writer.Write(9u);
        writer.Write((ulong)Count);
        for (var i = 0; i < Count; i++)
        {
            writer.Write(0u);
            writer.Write(0UL);
        }
    }
}
