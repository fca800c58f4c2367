using System.Net;

namespace EdgeAI.AspNetCore.Tests.Management;

/// <summary>A body that says it is longer than it is, and breaks off at its end.</summary>
internal sealed class PartialContent(ReadOnlyMemory<byte> content) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(content);
        await stream.FlushAsync();
        throw new IOException("The road ends here.");
    }

    protected override bool TryComputeLength(out long length)
    {
        length = content.Length + 1000;
        return true;
    }
}
