using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using EdgeAI.AspNetCore.Tests.Hosting;
using EdgeAI.Testing;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.AspNetCore.Tests.Rest;

/// <summary>Floats that a response writes as JSON are read as the same floats, to the last bit, by whoever reads them.</summary>
public sealed class JsonFloatTests
{
    private const int Columns = 3;
    private const int Rows = 100_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Infer_AnyFloats_ReadBackAsTheSame()
    {
        await using var host = await StartAsync();
        var random = new Random(NightlyRun.Seed);
        var (count, longer) = (0, 0);
        for (var i = 0; i < NightlyRun.Count(8, 400); i++)
        {
            float[] floats = [.. Enumerable.Range(0, Rows * Columns).Select(_ => Next(random))];

            var texts = await WriteAsync(host, floats);

            await AssertReadBackAsync(host, floats, texts);
            count += floats.Length;
            longer += texts.Where((text, k) => text.Length > Parse(text).ToString(CultureInfo.InvariantCulture).Length + 2).Count();
        }

        // The framework uses a shorter text that lies just halfway to the next float; here that is left to no reader's rounding.
        Assert.InRange(longer, 0, count / 10_000);
    }

    // Floats all over a power of two: where floats and digits lie closest and widest, where decimals are whole numbers, and both ends.
    [Theory]
    [InlineData(0x0080_0000)]
    [InlineData(0x2B80_0000)]
    [InlineData(0x3A80_0000)]
    [InlineData(0x3F00_0000)]
    [InlineData(0x3F80_0000)]
    [InlineData(0x4B00_0000)]
    [InlineData(0x4B80_0000)]
    [InlineData(0x5000_0000)]
    [InlineData(0x7F00_0000)]
    public async Task Infer_FloatsOfOneExponent_ReadBackAsTheSame(int first)
    {
        await using var host = await StartAsync();
        const int Stride = (1 << 23) / Rows / Columns;
        var start = first + new Random(NightlyRun.Seed).Next(Stride);
        float[] floats = [.. Enumerable.Range(0, Rows * Columns).Select(i => BitConverter.Int32BitsToSingle(start + (i * Stride)))];

        await AssertReadBackAsync(host, floats, await WriteAsync(host, floats));
    }

    [Fact]
    public async Task Infer_FloatsAtBounds_ReadBackAsTheSame()
    {
        await using var host = await StartAsync();
        float[] bounds =
        [
            0, 16777216, float.Epsilon, 1.17549435E-38f, float.MaxValue,
            .. Enumerable.Range(-149, 277).Select(power => MathF.ScaleB(1, power)),
            .. Enumerable.Range(-45, 84).Select(power => Parse($"1E{power}")),
            .. Enumerable.Range(1, 1000).Select(number => number / 1000f),
            .. Enumerable.Range(1, 1000).Select(number => number / 1_000_000f),
            .. Enumerable.Range(1, 1000).Select(number => number * 9973f),
        ];
        float[] floats = [.. bounds.SelectMany(bound => new[] { bound, MathF.BitDecrement(bound), MathF.BitIncrement(bound) }).Where(float.IsFinite)];
        floats = [.. floats, .. floats.Select(value => -value)];
        floats = [.. floats, .. new float[(Columns - (floats.Length % Columns)) % Columns]];

        await AssertReadBackAsync(host, floats, await WriteAsync(host, floats));
    }

    [Theory]
    [InlineData("0,-0,1", 0f, -0f, 1f)]
    [InlineData("0.1,-0.2,0.3", 0.1f, -0.2f, 0.3f)]
    [InlineData("16000,16777216,100000000", 16000f, 16777216f, 1e8f)]
    [InlineData("10,-100.5,123456.79", 10f, -100.5f, 123456.789f)]
    [InlineData("1E+09,-2.5E+10,1.5E-10", 1e9f, -2.5e10f, 1.5e-10f)]
    [InlineData("0.001,0.0001,1E-05", 0.001f, 0.0001f, 1e-5f)]
    [InlineData("0.00098,0.00099,0.000977", 0.00098f, 0.00099f, 0.000977f)]
    [InlineData("3.4028235E+38,-3.4028235E+38,1E-45", float.MaxValue, float.MinValue, float.Epsilon)]
    [InlineData("0.33333334,0.6666667,3.1415927", 1 / 3f, 2 / 3f, MathF.PI)]
    [InlineData("9999999,-1234567.9,0.99999994", 9999999f, -1234567.9f, 0.99999994f)]
    public async Task Infer_KnownFloats_AreWrittenSo(string texts, params float[] floats)
    {
        await using var host = await StartAsync();

        Assert.Equal(texts, string.Join(',', await WriteAsync(host, floats)));
    }

    // None, some, and one more than what is written at once.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(85)]
    [InlineData(86)]
    [InlineData(682)]
    [InlineData(683)]
    [InlineData(6000)]
    public async Task Infer_FloatsOfAnyCount_AreOneArray(int rows)
    {
        await using var host = await StartAsync();
        float[] floats = [.. Enumerable.Range(0, rows * Columns).Select(number => number / 64f)];

        var texts = await WriteAsync(host, floats);

        Assert.Equal(floats, texts.Select(Parse));
    }

    private static async Task<ServingHost> StartAsync()
    {
        var host = await ServingHost.StartAsync();
        await host.ImportAsync(TestModels.Get("identity-empty"));
        return host;
    }

    private static float Next(Random random)
    {
        float value;
        do
        {
            value = random.Next(4) switch
            {
                0 => (random.NextSingle() * 2) - 1,
                1 => (float)Math.Round(random.NextDouble() * Math.Pow(10, random.Next(-5, 10)), random.Next(9)),
                _ => BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)),
            };
        }
        while (!float.IsFinite(value));
        return value;
    }

    private static float Parse(string text) => float.Parse(text, CultureInfo.InvariantCulture);

    // What the response's array has, each number as it is written.
    private static async Task<string[]> WriteAsync(ServingHost host, float[] floats)
    {
        var input = $$"""{"inputs":[{"name":"x","shape":[{{floats.Length / Columns}},{{Columns}}],"datatype":"FP32","parameters":{"binary_data_size":{{floats.Length * sizeof(float)}}} }]}""";
        using var response = await host.Client.PostAsync(
            "/v2/models/identity-empty/infer", RestMessages.Binary(Encoding.UTF8.GetBytes(input), MemoryMarshal.AsBytes(floats.AsSpan()).ToArray()), Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(Cancellation));
        return [.. json.RootElement.GetProperty("outputs")[0].GetProperty("data").EnumerateArray().Select(number => number.GetRawText())];
    }

    // By the framework, by its JSON, and by this server.
    private static async Task AssertReadBackAsync(ServingHost host, float[] floats, string[] texts)
    {
        var read = texts.Select(Parse).ToArray();
        AssertSame(floats, read, texts);
        var data = $"[{string.Join(',', texts)}]";
        AssertSame(floats, JsonSerializer.Deserialize<float[]>(data)!, texts);
        using var response = await host.Client.PostAsync(
            "/v2/models/identity-empty/infer",
            RestMessages.Json($$"""{"inputs":[{"name":"x","shape":[{{floats.Length / Columns}},{{Columns}}],"datatype":"FP32","data":{{data}}}],"parameters":{"binary_data_output":true} }"""),
            Cancellation);
        var (_, bytes) = await response.ReadBinaryAsync();
        AssertSame(floats, MemoryMarshal.Cast<byte, float>(bytes), texts);
    }

    private static void AssertSame(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string[] texts)
    {
        Assert.Equal(expected.Length, actual.Length);
        var different = MemoryMarshal.AsBytes(expected).CommonPrefixLength(MemoryMarshal.AsBytes(actual)) / sizeof(float);
        Assert.True(different == expected.Length, different == expected.Length ? null : $"{expected[different]:E9} is written as {texts[different]}.");
    }
}
