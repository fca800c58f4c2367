using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using EdgeAI.AspNetCore.Tests.Hosting;
using EdgeAI.AspNetCore.Tests.Rest;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.AspNetCore.Tests.Management;

public sealed class UploadTests
{
    private static readonly byte[] Model = TestModels.MatMul.Content;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Patch_InPartsWithABreak_ImportsTheWhole()
    {
        await using var host = await ServingHost.StartAsync();
        var address = await CreateAsync(host, "up/mat:1", Convert.ToHexString(SHA256.HashData(Model)));

        using var first = await PatchAsync(host, address, 0, new ByteArrayContent(Model, 0, 1000));
        Assert.Equal(HttpStatusCode.NoContent, first.StatusCode);
        using var broken = new PartialContent(Model.AsMemory(1000, 300_000));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => PatchAsync(host, address, 1000, broken));
        var offset = await OffsetAsync(host, address);
        Assert.InRange(offset, 1000, 301_000);

        using var wrong = await PatchAsync(host, address, offset + 1, new ByteArrayContent(Model, 0, 10));
        using var last = await PatchAsync(host, address, offset, new ByteArrayContent(Model, (int)offset, Model.Length - (int)offset));

        Assert.Equal(HttpStatusCode.Conflict, wrong.StatusCode);
        Assert.Equal(HttpStatusCode.Created, last.StatusCode);
        var exported = new MemoryStream();
        await using var stored = await host.Store.OpenAsync("up/mat:1", null, Cancellation);
        await stored.CopyToAsync(exported, Cancellation);
        Assert.Equal(Model, exported.ToArray());
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync(address, Cancellation)).StatusCode);
        Assert.Empty(Directory.GetDirectories(Path.Combine(host.DataDirectory, "uploads")));
    }

    [Fact]
    public async Task Patch_WrongDigest_Is422AndImportsNothing()
    {
        await using var host = await ServingHost.StartAsync();
        var address = await CreateAsync(host, "up/mat:1", new string('0', 64));

        using var response = await PatchAsync(host, address, 0, new ByteArrayContent(Model));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Contains("SHA-256", await response.ReadErrorAsync(), StringComparison.Ordinal);
        Assert.Empty(await host.Store.ListAsync(Cancellation));
    }

    [Fact]
    public async Task Patch_NoModelOrTooLong_IsRefusedAndImportsNothing()
    {
        await using var host = await ServingHost.StartAsync();
        var noModel = await CreateAsync(host, "up/mat:1", null);
        var tooLong = await CreateAsync(host, "up/mat:2", null);

        using var refused = await PatchAsync(host, noModel, 0, new ByteArrayContent(new byte[Model.Length]));
        using var longer = await PatchAsync(host, tooLong, 0, new ByteArrayContent([.. Model, 1]));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, longer.StatusCode);
        Assert.Empty(await host.Store.ListAsync(Cancellation));
    }

    [Theory]
    [InlineData("""{"length":5}""")]
    [InlineData("""{"model":"a:1"}""")]
    [InlineData("""{"model":"a:1","length":"5"}""")]
    [InlineData("""{"model":"a b","length":5}""")]
    [InlineData("""{"model":"a:1","length":5,"file":"../x.onnx"}""")]
    [InlineData("""{"model":"a:1","length":5,"sha256":"12"}""")]
    [InlineData("""[]""")]
    [InlineData("""{""")]
    public async Task Create_Malformed_Is400(string body)
    {
        await using var host = await ServingHost.StartAsync();

        using var response = await host.Client.PostAsync("/edgeai/v1/uploads", RestMessages.Json(body), Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.NotEmpty(await response.ReadErrorAsync());
    }

    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef")]
    [InlineData("..%2F..%2Fstore")]
    [InlineData("x")]
    public async Task Get_UnknownUpload_Is404(string id)
    {
        await using var host = await ServingHost.StartAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync($"/edgeai/v1/uploads/{id}", Cancellation)).StatusCode);
    }

    private static async Task<string> CreateAsync(ServingHost host, string model, string? digest)
    {
        using var response = await host.Client.PostAsync(
            "/edgeai/v1/uploads", RestMessages.Json(JsonSerializer.Serialize(new { model, length = Model.Length, sha256 = digest })), Cancellation);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return response.Headers.Location!.ToString();
    }

    private static async Task<HttpResponseMessage> PatchAsync(ServingHost host, string address, long offset, HttpContent content)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, address) { Content = content };
        request.Headers.Add("Upload-Offset", offset.ToString());
        return await host.Client.SendAsync(request, Cancellation);
    }

    // A connection that broke may be noticed a little later than the request fails here: the upload is asked for until it is free.
    private static async Task<long> OffsetAsync(ServingHost host, string address)
    {
        while (true)
        {
            using var probe = await PatchAsync(host, address, long.MaxValue, new ByteArrayContent([]));
            var message = await probe.ReadErrorAsync();
            if (message.Contains("stands at", StringComparison.Ordinal))
            {
                using var head = await host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, address), Cancellation);
                return long.Parse(head.Headers.GetValues("Upload-Offset").Single());
            }
        }
    }
}
