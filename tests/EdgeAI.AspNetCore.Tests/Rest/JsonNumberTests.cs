using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using EdgeAI.AspNetCore.Tests.Hosting;
using EdgeAI.Testing;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.AspNetCore.Tests.Rest;

/// <summary>Numbers in JSON become the floats that the framework makes of them, to the last bit, however they are written.</summary>
public sealed class JsonNumberTests
{
    private const int Rows = 4000;

    private static readonly string[] Formats = ["R", "E8", "E16", "G9", "G17", "F3", "F0"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Infer_AnyNumbers_AreTheNearestFloats()
    {
        await using var host = await StartAsync();
        var random = new Random(NightlyRun.Seed);
        for (var i = 0; i < NightlyRun.Count(20, 2000); i++)
        {
            var numbers = Enumerable.Range(0, 3 * Rows).Select(_ => Write(random)).Where(text => float.IsFinite(Parse(text))).ToArray();
            numbers = numbers[..(numbers.Length / 3 * 3)];
            var data = $"[{string.Join(i % 2 == 0 ? "," : " ,\r\n\t", numbers)}]";

            using var response = await PostAsync(host, numbers.Length / 3, data);

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            var (_, bytes) = await response.ReadBinaryAsync();
            var floats = MemoryMarshal.Cast<byte, int>(bytes).ToArray();
            for (var k = 0; k < numbers.Length; k++)
            {
                Assert.True(BitConverter.SingleToInt32Bits(Parse(numbers[k])) == floats[k], numbers[k]);
            }
        }
    }

    [Theory]
    [InlineData("[1,2,3]")]
    [InlineData("[ 1 ,\t2\r\n, 3 ]")]
    [InlineData("[[1,2,3]]")]
    [InlineData("[[1],[2],3]")]
    [InlineData("[1e0,0.2E+1,30e-1]")]
    [InlineData("[1.00000000000000000000000000000,2,3]")]
    public async Task Infer_WellFormedArray_IsRead(string data)
    {
        await using var host = await StartAsync();

        using var response = await PostAsync(host, 1, data);

        var (_, bytes) = await response.ReadBinaryAsync();
        Assert.Equal([1f, 2f, 3f], MemoryMarshal.Cast<byte, float>(bytes).ToArray());
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[1,2]")]
    [InlineData("[1,2,]")]
    [InlineData("[,1,2,3]")]
    [InlineData("[1,2,3,4]")]
    [InlineData("[1,2,3")]
    [InlineData("[1,2,3}")]
    [InlineData("[1 2,3]")]
    [InlineData("[01,2,3]")]
    [InlineData("[+1,2,3]")]
    [InlineData("[1.,2,3]")]
    [InlineData("[.5,2,3]")]
    [InlineData("[-,2,3]")]
    [InlineData("[1e,2,3]")]
    [InlineData("[1e+,2,3]")]
    [InlineData("[1.e3,2,3]")]
    [InlineData("[NaN,2,3]")]
    [InlineData("[1e39,2,3]")]
    [InlineData("[1e99999999999999999999,2,3]")]
    [InlineData("[\"1\",2,3]")]
    [InlineData("[null,2,3]")]
    public async Task Infer_NotThreeNumbers_Is400(string data)
    {
        await using var host = await StartAsync();

        using var response = await PostAsync(host, 1, data);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.NotEmpty(await response.ReadErrorAsync());
    }

    private static async Task<ServingHost> StartAsync()
    {
        var host = await ServingHost.StartAsync();
        await host.ImportAsync(TestModels.Get("identity-empty"));
        return host;
    }

    // Behind the array there is more to read: another property, and the rest of the request.
    private static Task<HttpResponseMessage> PostAsync(ServingHost host, int rows, string data) => host.Client.PostAsync(
        "/v2/models/identity-empty/infer",
        RestMessages.Json($$"""{"inputs":[{"name":"x","shape":[{{rows}},3],"datatype":"FP32","data":{{data}},"more":[1,{"a":[2]} ]}],"id":"1","parameters":{"binary_data_output":true} }"""),
        Cancellation);

    private static float Parse(string text) => float.Parse(text, CultureInfo.InvariantCulture);

    private static string Write(Random random) => random.Next(4) switch
    {
        0 => Format(random, BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue))),
        1 => Format(random, (random.NextDouble() * 2) - 1),

        // Half way between two floats, or next to it.
        2 => ((double)random.NextSingle() is var near ? BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(near) + 0x10000000L + random.Next(-4, 5)) : 0)
            .ToString("G17", CultureInfo.InvariantCulture),
        _ => WriteDigits(random),
    };

    private static string Format(Random random, double value) =>
        (double.IsFinite(value) ? value : 0).ToString(Formats[random.Next(Formats.Length)], CultureInfo.InvariantCulture);

    private static string WriteDigits(Random random)
    {
        var text = new StringBuilder(random.Next(2) == 0 ? "-" : string.Empty).Append(random.Next(1, 10));
        Append(random.Next(12));
        if (random.Next(2) == 0)
        {
            text.Append('.');
            Append(random.Next(1, 14));
        }

        return random.Next(2) == 0 ? text.ToString() : text.Append('e').Append(random.Next(-50, 45)).ToString();

        void Append(int digits)
        {
            for (; digits > 0; digits--)
            {
                text.Append(random.Next(10));
            }
        }
    }
}
