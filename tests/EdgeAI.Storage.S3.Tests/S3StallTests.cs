using EdgeAI.Storage.S3.Tests.Servers;

namespace EdgeAI.Storage.S3.Tests;

/// <summary>A gateway whose answers begin and never end.</summary>
public sealed class S3StallTests
{
    private const string Whole = "HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nETag: \"1\"\r\nContent-Length: 4096";
    private const string Chunks = "HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nETag: \"1\"\r\nTransfer-Encoding: chunked";
    private const string Range = "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-4095/5000\r\nETag: \"1\"\r\nContent-Length: 4096";
    private const string Refusal = "HTTP/1.1 403 Forbidden\r\nContent-Type: application/xml\r\nContent-Length: 4096";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Whole)]
    [InlineData(Chunks)]
    [InlineData(Range)]
    [InlineData(Refusal)]
    public async Task AnyCall_AnswersNeverEnd_FailsAfterItsTime(string head)
    {
        await using var gateway = new StallingGateway(head);
        using var tier = MakeTier(gateway.Address);

        await Assert.ThrowsAsync<S3ClusterException>(async () => await tier.ReadAsync("a", 0, new byte[4096], Cancellation));
        await Assert.ThrowsAsync<S3ClusterException>(async () => await tier.ListAsync(string.Empty, Cancellation).ToListAsync(Cancellation));
        await Assert.ThrowsAsync<S3ClusterException>(async () => await tier.PutAsync("a", new MemoryStream([1]), Cancellation));
        await Assert.ThrowsAsync<S3ClusterException>(async () => await tier.CompareAndSwapAsync("a", new byte[] { 1 }, new byte[] { 2 }, Cancellation));
        await Assert.ThrowsAsync<S3ClusterException>(() => tier.GetLifecycleAsync(Cancellation));
    }

    private static S3Tier MakeTier(Uri address)
    {
        var options = new S3ClusterOptions { Bucket = "a", Region = "default", AccessKey = "a", SecretKey = "b", RequestTimeout = TimeSpan.FromMilliseconds(300), MaxRetries = 1 };
        options.Endpoints.Add(address);
        return new S3Tier("primary", options);
    }
}
