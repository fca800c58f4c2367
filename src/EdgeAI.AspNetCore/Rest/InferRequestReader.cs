using System.Buffers;
using System.Globalization;
using EdgeAI.AspNetCore.Configuration;
using EdgeAI.AspNetCore.Protocol;
using EdgeAI.Inference;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeAI.AspNetCore.Rest;

/// <summary>Reads an inference request off the wire: its JSON into one pooled buffer, each binary tensor straight into its own.</summary>
internal static class InferRequestReader
{
    public const string HeaderLengthName = "Inference-Header-Content-Length";

    private const int FirstBuffer = 16 * 1024;

    /// <exception cref="ProtocolException">The request is malformed, or over the limits.</exception>
    public static async ValueTask<InferRequest> ReadAsync(HttpContext context, ServingLimits limits, CancellationToken cancellationToken)
    {
        var http = context.Request;
        if (http.Headers.ContentEncoding is { Count: > 0 } encoding && encoding != "identity")
        {
            throw new ProtocolException(StatusCodes.Status415UnsupportedMediaType, StatusCode.InvalidArgument, $"The content encoding '{encoding}' is not served; send the body as it is.");
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
        {
            feature.MaxRequestBodySize = limits.MaxBodyBytes;
        }

        if (http.ContentLength > limits.MaxBodyBytes)
        {
            throw ProtocolException.TooLarge($"The body has {http.ContentLength} bytes; {limits.MaxBodyBytes} are the most.");
        }

        return http.Headers.TryGetValue(HeaderLengthName, out var header)
            ? await ReadBinaryAsync(http, ParseHeaderLength(header, http.ContentLength, limits), limits, cancellationToken).ConfigureAwait(false)
            : await ReadJsonAsync(http, limits, cancellationToken).ConfigureAwait(false);
    }

    private static int ParseHeaderLength(string? header, long? contentLength, ServingLimits limits)
    {
        if (!int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length == 0)
        {
            throw ProtocolException.Malformed($"{HeaderLengthName} is '{header}'; it must be the length of the JSON in bytes.");
        }

        if (length > limits.MaxHeaderBytes)
        {
            throw ProtocolException.TooLarge($"{HeaderLengthName} is {length}; {limits.MaxHeaderBytes} is the most.");
        }

        return contentLength < length ? throw ProtocolException.Malformed($"{HeaderLengthName} is {length}; the body has {contentLength} bytes.") : length;
    }

    private static async ValueTask<InferRequest> ReadJsonAsync(HttpRequest http, ServingLimits limits, CancellationToken cancellationToken)
    {
        var (buffer, length) = (ArrayPool<byte>.Shared.Rent((int)(http.ContentLength ?? FirstBuffer)), 0);
        try
        {
            while (true)
            {
                if (length == buffer.Length && http.ContentLength is null)
                {
                    buffer = Grow(buffer, limits);
                }

                var read = length == http.ContentLength ? 0 : await http.Body.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    break;
                }

                length += read;
            }

            if (length < http.ContentLength)
            {
                throw new EndOfStreamException();
            }

            var request = InferRequestParser.Parse(buffer.AsSpan(0, length), limits);
            return request.BinaryInputs.Count == 0 ? request : throw Refuse(request, $"An input has a binary_data_size, and the request has no header {HeaderLengthName}.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Grow(byte[] buffer, ServingLimits limits)
    {
        if (buffer.Length > limits.MaxBodyBytes)
        {
            throw ProtocolException.TooLarge($"The body has more than {limits.MaxBodyBytes} bytes.");
        }

        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(buffer.Length * 2L, limits.MaxBodyBytes + 1));
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private static async ValueTask<InferRequest> ReadBinaryAsync(HttpRequest http, int headerLength, ServingLimits limits, CancellationToken cancellationToken)
    {
        var request = await ReadHeaderAsync(http, headerLength, limits, cancellationToken).ConfigureAwait(false);
        try
        {
            var wanted = headerLength + request.BinaryInputs.Sum(input => (long)input.Length);
            if (wanted > limits.MaxBodyBytes || (http.ContentLength ?? wanted) != wanted)
            {
                throw ProtocolException.Malformed($"The body has {http.ContentLength} bytes; {HeaderLengthName} and the inputs' binary_data_size make {wanted}.");
            }

            foreach (var input in request.BinaryInputs)
            {
                request.Inputs.Add(input.Name, await ReadTensorAsync(http, request, input, cancellationToken).ConfigureAwait(false));
            }

            if (http.ContentLength is null && await http.Body.ReadAsync(new byte[1], cancellationToken).ConfigureAwait(false) != 0)
            {
                throw ProtocolException.Malformed("The body goes on behind the last input.");
            }

            return request;
        }
        catch
        {
            request.Dispose();
            throw;
        }
    }

    private static async ValueTask<InferRequest> ReadHeaderAsync(HttpRequest http, int length, ServingLimits limits, CancellationToken cancellationToken)
    {
        var header = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            await http.Body.ReadExactlyAsync(header.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            return InferRequestParser.Parse(header.AsSpan(0, length), limits);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(header);
        }
    }

    private static async ValueTask<TensorValue> ReadTensorAsync(HttpRequest http, InferRequest request, BinaryInput input, CancellationToken cancellationToken)
    {
        var memory = request.Rent(input.Length).AsMemory(0, input.Length);
        await http.Body.ReadExactlyAsync(memory, cancellationToken).ConfigureAwait(false);
        return RawTensor.Create(input.Name, input.Type, memory, input.Shape, input.Elements);
    }

    private static ProtocolException Refuse(InferRequest request, string message)
    {
        request.Dispose();
        return ProtocolException.Malformed(message);
    }
}
