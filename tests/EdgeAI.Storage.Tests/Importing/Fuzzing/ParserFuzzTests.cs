using System.Diagnostics;
using System.Globalization;
using System.Text;
using EdgeAI.Storage.Importing;
using EdgeAI.Storage.Importing.Gguf;
using EdgeAI.Storage.Importing.Onnx;
using EdgeAI.Storage.Importing.Safetensors;
using EdgeAI.Testing;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Gguf;
using EdgeAI.Testing.Safetensors;

namespace EdgeAI.Storage.Tests.Importing.Fuzzing;

/// <summary>
/// Damaged files by the ten thousand: a parser takes one or refuses it in its own words, within its bounds of time and memory. Runs three seconds a
/// parser, a minute at night; EDGEAI_FUZZ_SECONDS sets another time.
/// </summary>
public sealed class ParserFuzzTests
{
    private const long FreeAllocation = 64L << 20;

    private static readonly TimeSpan Duration =
        TimeSpan.FromSeconds(int.Parse(Environment.GetEnvironmentVariable("EDGEAI_FUZZ_SECONDS") ?? (NightlyRun.IsOn ? "60" : "3"), CultureInfo.InvariantCulture));

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly Dictionary<string, (Func<Stream, IEnumerable<TensorExtent>> Parse, Func<IEnumerable<byte[]>> Seeds)> Parsers = new()
    {
        ["onnx"] = (stream => OnnxModelParser.Parse(stream).Tensors.Where(tensor => tensor.Location is null), Onnx),
        ["safetensors"] = (stream => SafetensorsParser.Parse(stream, null).Tensors, Safetensors),
        ["safetensors-index"] = (stream => SafetensorsIndexParser.Parse(stream).Shards.Count > 0 ? [] : throw new InvalidOperationException("No shards."), Indexes),
        ["gguf"] = (stream => GgufParser.Parse(stream).Tensors, Gguf),
    };

    public static TheoryData<string> Names => [.. Parsers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Parse_DamagedFiles_AreTakenOrRefusedWithinBounds(string name)
    {
        var (parse, makeSeeds) = Parsers[name];
        var seeds = makeSeeds().ToArray();
        Assert.All(seeds, seed => Assert.Null(Try(parse, seed)));
        var mutator = new Mutator(20260101);
        var (taken, refused) = (0, 0);
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < Duration;)
        {
            _ = Try(parse, mutator.Mutate(seeds)) is null ? taken++ : refused++;
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{name}: {taken} taken, {refused} refused");
        Assert.True(taken > 0 && refused > 100, $"{taken} taken, {refused} refused");
    }

    private static MalformedModelException? Try(Func<Stream, IEnumerable<TensorExtent>> parse, byte[] content, bool isAgain = false)
    {
        using var stream = new MemoryStream(content, writable: false);
        var (started, allocated) = (ThreadTime.Now, GC.GetAllocatedBytesForCurrentThread());
        MalformedModelException? refusal = null;
        try
        {
            foreach (var tensor in parse(stream))
            {
                Assert.InRange(tensor.Length, 0, content.Length - tensor.Offset);
                Assert.InRange(tensor.Offset, 0, content.Length);
            }
        }
        catch (MalformedModelException exception)
        {
            refusal = exception;
        }
        catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
        {
            throw new InvalidOperationException($"{exception.GetType()}: {exception.Message} on {Convert.ToBase64String(content)}", exception);
        }

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated <= (2L * content.Length) + FreeAllocation, $"Too much memory for {Convert.ToBase64String(content)}");
        if (ThreadTime.Now - started > Patience)
        {
            // A machine that is busy may have stopped for so long; a parser that is slow is slow again.
            Assert.False(isAgain, $"Too long for {Convert.ToBase64String(content)}");
            Try(parse, content, isAgain: true);
        }

        return refusal;
    }

    private static IEnumerable<byte[]> Onnx() => TestModels.Names.Select(name => TestModels.Get(name).Content).Where(content => content.Length < 20_000);

    private static IEnumerable<byte[]> Safetensors() =>
    [
        SafetensorsBuilder.Build("{}", []),
        new SafetensorsBuilder().Metadata("format", "pt").Tensor("w", new float[4], 2, 2).Tensor("v", "BF16", new byte[6], 3).Build(),
        new SafetensorsBuilder { Padding = 7 }.Tensor("large", new float[2048], 2048).Tensor("e", [], 0).Tensor("f4", "F4", new byte[5000], 10_000).Build(),
    ];

    private static IEnumerable<byte[]> Indexes() =>
    [
        Encoding.UTF8.GetBytes("""{"metadata":{"total_size":1640000,"a":"b","c":[1],"d":true},"weight_map":{"w":"one.safetensors","v":"two.safetensors"}}"""),
        Encoding.UTF8.GetBytes("{\"weight_map\":{" + string.Join(',', Enumerable.Range(0, 40).Select(i => $"\"l{i}\":\"s{i % 5}\"")) + "},\"x\":{\"y\":[[{}]]}}"),
    ];

    private static IEnumerable<byte[]> Gguf() =>
    [
        new GgufBuilder().Build(),
        new GgufBuilder { Version = 2 }.Text("general.architecture", "llama").Number("n", 5).Tensor("w", new float[4], 2, 2).Tensor("q", 2, new byte[36], 64).Build(),
        new GgufBuilder { Alignment = 64 }.Number("general.alignment", 64).Texts("tokens", "a", "bc", string.Empty).Value("b", 7, writer => writer.Write(true))
            .Value("nested", 9, writer => { writer.Write(9u); writer.Write(1UL); writer.Write(5u); writer.Write(1UL); writer.Write(7); })
            .Value("d", 12, writer => writer.Write(0.5)).Tensor("large", new float[2048], 2048).Tensor("unknown", 77, new byte[5000], 10).Tensor("k", 12, new byte[144 * 4], 512, 2).Build(),
    ];
}
