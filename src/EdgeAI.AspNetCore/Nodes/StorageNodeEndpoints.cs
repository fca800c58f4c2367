using System.Globalization;
using System.Text;
using EdgeAI.AspNetCore.Protocol;
using EdgeAI.AspNetCore.Rest;
using EdgeAI.Storage;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.AspNetCore.Routing;

namespace EdgeAI.AspNetCore.Nodes;

/// <summary>The objects of a tier over HTTP, for another node that has this one as a tier; its client is <c>HttpNodeTier</c>.</summary>
/// <param name="tier">The objects.</param>
/// <param name="seen">How the keys begin that others may see.</param>
internal sealed class StorageNodeEndpoints(IStorageTier tier, IReadOnlyList<string> seen)
{
    public const string KeyName = "key";
    public const string ExpectedLengthName = "EdgeAI-Expected-Length";

    private const int BlockBytes = 256 * 1024;
    private const int MaxSwapBytes = 64 * 1024;
    private const string Octets = "application/octet-stream";

    public async Task ReadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var key = KeyOf(context);
        var length = await tier.GetLengthAsync(key, cancellationToken).ConfigureAwait(false) ?? throw NoSuchObject(key);
        var response = context.Response;
        response.ContentType = Octets;
        response.Headers.AcceptRanges = "bytes";
        var (offset, count) = RangeOf(context.Request.GetTypedHeaders(), length);
        if (count == 0 && length > 0)
        {
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{length}");
            response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
            return;
        }

        if (count < length)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {offset}-{offset + count - 1}/{length}");
        }

        response.ContentLength = count;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await SendAsync(context, key, offset, count, cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task ListAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var prefix = context.Request.Query["prefix"].ToString();
        context.Response.ContentType = "text/plain; charset=utf-8";
        await foreach (var found in tier.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            if (IsSeen(found.Key))
            {
                await context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{found.Length} {found.Key}\n"), Encoding.UTF8, cancellationToken).ConfigureAwait(false);
            }
        }

        // The last line says that the list is whole.
        await context.Response.WriteAsync(".\n", Encoding.UTF8, cancellationToken).ConfigureAwait(false);
    }

    public async Task GetCapacityAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var capacity = await tier.GetCapacityAsync(cancellationToken).ConfigureAwait(false);
        await RestHandler.WriteJsonAsync(
            context,
            json =>
            {
                json.WriteStartObject();
                if (capacity.TotalBytes is { } total)
                {
                    json.WriteNumber("totalBytes"u8, total);
                }

                if (capacity.AvailableBytes is { } available)
                {
                    json.WriteNumber("availableBytes"u8, available);
                }

                json.WriteEndObject();
            },
            cancellationToken).ConfigureAwait(false);
    }

    public async Task PutAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var key = KeyOf(context);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
        {
            feature.MaxRequestBodySize = null;
        }

        // A body that is cut off fails to be read, and leaves nothing. It takes as long as its road does.
        var isNew = await tier.PutAsync(key, context.Request.Body, context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = isNew ? StatusCodes.Status201Created : StatusCodes.Status412PreconditionFailed;
    }

    public async Task DeleteAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var key = KeyOf(context);
        context.Response.StatusCode = await tier.DeleteAsync(key, cancellationToken).ConfigureAwait(false) ? StatusCodes.Status204NoContent : throw NoSuchObject(key);
    }

    // The body is what the caller believes is there, then what shall be there; a header says how long the first part is, and is -1 for nothing.
    public async Task SwapAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var key = KeyOf(context);
        if (!int.TryParse(context.Request.Headers[ExpectedLengthName], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var expected)
            || expected is < -1 or > MaxSwapBytes
            || context.Request.ContentLength is not { } length || length < Math.Max(0, expected) || length - Math.Max(0, expected) > MaxSwapBytes)
        {
            throw ProtocolException.Malformed($"A swap needs {ExpectedLengthName} and bodies of at most {MaxSwapBytes} bytes.");
        }

        var body = new byte[length];
        await context.Request.Body.ReadExactlyAsync(body, cancellationToken).ConfigureAwait(false);
        var believed = expected < 0 ? default(ReadOnlyMemory<byte>?) : body.AsMemory(0, expected);
        var isSwapped = await tier.CompareAndSwapAsync(key, believed, body.AsMemory(Math.Max(0, expected)), cancellationToken).ConfigureAwait(false);
        context.Response.StatusCode = isSwapped ? StatusCodes.Status204NoContent : StatusCodes.Status412PreconditionFailed;
    }

    private static (long Offset, long Count) RangeOf(RequestHeaders headers, long length)
    {
        if (headers.Range is not { Unit.Value: "bytes", Ranges: { Count: 1 } ranges })
        {
            return (0, length);
        }

        var range = ranges.Single();
        var from = range.From ?? Math.Max(0, length - (range.To ?? 0));
        var to = range.From is null ? length - 1 : Math.Min(length - 1, range.To ?? (length - 1));
        return from >= length || to < from ? (0, 0) : (from, to - from + 1);
    }

    private static ProtocolException NoSuchObject(string key) => ProtocolException.NotFound($"There is no object '{key}'.");

    private async Task SendAsync(HttpContext context, string key, long offset, long count, CancellationToken cancellationToken)
    {
        var writer = context.Response.BodyWriter;
        await context.Response.StartAsync(cancellationToken).ConfigureAwait(false);
        while (count > 0)
        {
            var wanted = (int)Math.Min(BlockBytes, count);
            var read = await tier.ReadAsync(key, offset, writer.GetMemory(wanted)[..wanted], cancellationToken).ConfigureAwait(false);
            if (read <= 0)
            {
                throw new EndOfStreamException($"'{key}' went away while it was sent.");
            }

            writer.Advance(read);
            await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
            (offset, count) = (offset + read, count - read);
        }
    }

    private string KeyOf(HttpContext context)
    {
        var key = (string?)context.GetRouteValue(KeyName) ?? string.Empty;
        var isKey = key.Length is > 0 and <= 256
            && key.Split('/').All(part => part is not ("" or "." or "..") && part.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.'));
        return !isKey ? throw ProtocolException.Malformed("The path is no storage key: lowercase letters, digits, '-' and '.', in parts divided by '/'.")
            : IsSeen(key) ? key
            : throw new ProtocolException(StatusCodes.Status403Forbidden, StatusCode.PermissionDenied, $"Objects like '{key}' are this node's own.");
    }

    private bool IsSeen(string key) => seen.Count == 0 || seen.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal));
}
