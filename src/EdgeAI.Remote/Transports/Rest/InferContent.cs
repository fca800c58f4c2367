using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using EdgeAI.Remote.Protocol;

namespace EdgeAI.Remote.Transports.Rest;

/// <summary>A run as the body of a request: a JSON header with tensors in it, or with their bytes behind it.</summary>
internal sealed class InferContent : HttpContent
{
    private readonly InferRequest _request;
    private readonly ReadOnlyMemory<byte> _header;
    private readonly bool _isBinary;

    public InferContent(InferRequest request, TimeSpan? left, bool isBinary)
    {
        _request = request;
        _isBinary = isBinary;
        _header = WriteHeader(request, left, isBinary);
        Headers.ContentType = new MediaTypeHeaderValue(isBinary ? "application/octet-stream" : "application/json");
        if (isBinary)
        {
            Headers.Add(RestTransport.HeaderLength, _header.Length.ToString(CultureInfo.InvariantCulture));
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(_header, cancellationToken).ConfigureAwait(false);
        if (_isBinary)
        {
            foreach (var input in _request.Inputs)
            {
                await stream.WriteAsync(input.Data, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _header.Length + (_isBinary ? _request.Inputs.Sum(input => (long)input.Data.Length) : 0);
        return true;
    }

    private static ReadOnlyMemory<byte> WriteHeader(InferRequest request, TimeSpan? left, bool isBinary)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        WriteParameters(json, request, left, isBinary);
        json.WriteStartArray("inputs"u8);
        foreach (var input in request.Inputs)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, input.Name);
            json.WriteString("datatype"u8, input.DataType);
            json.WriteStartArray("shape"u8);
            foreach (var size in input.Shape)
            {
                json.WriteNumberValue(size);
            }

            json.WriteEndArray();
            if (isBinary)
            {
                json.WriteStartObject("parameters"u8);
                json.WriteNumber("binary_data_size"u8, input.Data.Length);
                json.WriteEndObject();
            }
            else
            {
                JsonTensors.Write(json, input);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("outputs"u8);
        foreach (var output in request.Outputs)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, output);
            if (isBinary)
            {
                json.WriteStartObject("parameters"u8);
                json.WriteBoolean("binary_data"u8, true);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteParameters(Utf8JsonWriter json, InferRequest request, TimeSpan? left, bool isBinary)
    {
        var timeout = InferRequest.TimeoutMicroseconds(left);
        if (timeout is null && request.PriorityNumber is null && !isBinary)
        {
            return;
        }

        json.WriteStartObject("parameters"u8);
        if (isBinary)
        {
            json.WriteBoolean("binary_data_output"u8, true);
        }

        if (request.PriorityNumber is { } priority)
        {
            json.WriteNumber("priority"u8, priority);
        }

        if (timeout is { } microseconds)
        {
            json.WriteNumber("timeout"u8, microseconds);
        }

        json.WriteEndObject();
    }
}
