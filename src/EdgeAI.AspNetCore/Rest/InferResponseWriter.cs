using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using EdgeAI.AspNetCore.Protocol;
using EdgeAI.AspNetCore.Serving;
using EdgeAI.Inference;
using Microsoft.AspNetCore.Http;

namespace EdgeAI.AspNetCore.Rest;

/// <summary>Writes what came out of a run: binary tensors from the memory that the run gave straight into the response's pipe.</summary>
internal static class InferResponseWriter
{
    private const int BlockBytes = 64 * 1024;
    private const int ElementsAtOnce = 2048;

    public static async Task WriteAsync(HttpResponse http, ServedModel model, InferRequest request, ModelOutputs outputs, CancellationToken cancellationToken)
    {
        var written = Select(request, outputs);
        var buffer = JsonBuffer.Take();
        try
        {
            var hasBinary = Array.Exists(written, output => output.IsBinary);
            http.ContentType = hasBinary ? "application/octet-stream" : "application/json";
            await WriteJsonAsync(http, buffer, model, request, written, hasBinary, cancellationToken).ConfigureAwait(false);
            var json = buffer.Flush();
            if (hasBinary)
            {
                http.Headers[InferRequestReader.HeaderLengthName] = json.Length.ToString(System.Globalization.CultureInfo.InvariantCulture);
            }

            if (!http.HasStarted)
            {
                http.ContentLength = json.Length + written.Sum(output => output.IsBinary ? (long)output.BinaryLength : 0);
            }

            // Started, the pipe's own memory is written to; before that it would be copied once more.
            await http.StartAsync(cancellationToken).ConfigureAwait(false);
            http.BodyWriter.Write(json.Span);
            var unsent = json.Length;
            foreach (var output in written)
            {
                unsent = output.IsBinary ? await WriteBinaryAsync(http.BodyWriter, output, unsent, cancellationToken).ConfigureAwait(false) : unsent;
            }

            await http.BodyWriter.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            buffer.Return();
        }
    }

    private static ResponseOutput[] Select(InferRequest request, ModelOutputs outputs)
    {
        var isBinary = request.Parameters.IsBinaryOutput;
        if (request.Outputs.Count > 0)
        {
            return [.. request.Outputs.Select(output => Describe(output.Name, outputs[output.Name], output.IsBinary ?? isBinary))];
        }

        return [.. outputs.Select(output => Describe(output.Key, output.Value, isBinary))];
    }

    private static ResponseOutput Describe(string name, ModelValue value, bool isBinary)
    {
        var tensor = OutputNames.TensorOf(name, value);
        if (isBinary)
        {
            return new(name, tensor, tensor.ElementType == ElementType.String ? StringTensors.LengthOf(tensor.AsSpan<string>()) : tensor.AsBytes().Length);
        }

        return tensor.ElementType is ElementType.Float16 or ElementType.BFloat16
            ? throw ProtocolException.Malformed($"The output '{name}' is {TensorTypes.NameOf(tensor.ElementType)}, which JSON can't carry; ask for it with binary_data.")
            : HasOtherThanNumbers(tensor)
            ? throw ProtocolException.Malformed($"The output '{name}' has NaN or infinity, which JSON can't carry; ask for it with binary_data.")
            : new(name, tensor, -1);
    }

    private static bool HasOtherThanNumbers(TensorValue tensor) => tensor.ElementType switch
    {
        ElementType.Float32 => HasOtherThanNumbers(tensor.AsSpan<float>()),
        ElementType.Float64 => HasOtherThanNumbers(tensor.AsSpan<double>()),
        _ => false,
    };

    private static bool HasOtherThanNumbers<T>(ReadOnlySpan<T> elements)
        where T : struct, System.Numerics.INumberBase<T>
    {
        foreach (var element in elements)
        {
            if (!T.IsFinite(element))
            {
                return true;
            }
        }

        return false;
    }

    private static async ValueTask WriteJsonAsync(
        HttpResponse http, JsonBuffer buffer, ServedModel model, InferRequest request, ResponseOutput[] outputs, bool hasBinary, CancellationToken cancellationToken)
    {
        var json = buffer.Writer;
        json.WriteStartObject();
        json.WriteString("model_name"u8, model.Name);
        json.WriteString("model_version"u8, model.Version);
        if (request.Id is { } id)
        {
            json.WriteString("id"u8, id);
        }

        json.WriteStartArray("outputs"u8);
        foreach (var output in outputs)
        {
            WriteHead(json, output);
            if (!output.IsBinary)
            {
                json.WriteStartArray("data"u8);
                for (var i = 0; i < output.Tensor.Length; i += ElementsAtOnce)
                {
                    JsonElements.Write(json, output.Tensor, i, (int)Math.Min(ElementsAtOnce, output.Tensor.Length - i));

                    // With binary tensors behind it, how long the JSON is must be known before the first byte goes.
                    if (!hasBinary && buffer.Length >= JsonBuffer.SendAt)
                    {
                        await http.BodyWriter.WriteAsync(buffer.Flush(), cancellationToken).ConfigureAwait(false);
                        buffer.Clear();
                    }
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteHead(Utf8JsonWriter json, ResponseOutput output)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, output.Name);
        json.WriteString("datatype"u8, TensorTypes.NameOf(output.Tensor.ElementType));
        json.WriteStartArray("shape"u8);
        foreach (var size in output.Tensor.Shape)
        {
            json.WriteNumberValue(size);
        }

        json.WriteEndArray();
        if (output.IsBinary)
        {
            json.WriteStartObject("parameters"u8);
            json.WriteNumber("binary_data_size"u8, output.BinaryLength);
            json.WriteEndObject();
        }
    }

    private static async ValueTask<int> WriteBinaryAsync(PipeWriter writer, ResponseOutput output, int unsent, CancellationToken cancellationToken)
    {
        if (output.Tensor.ElementType == ElementType.String)
        {
            var strings = ArrayPool<byte>.Shared.Rent(output.BinaryLength);
            StringTensors.Write(output.Tensor.AsSpan<string>(), strings);
            await writer.WriteAsync(strings.AsMemory(0, output.BinaryLength), cancellationToken).ConfigureAwait(false);
            ArrayPool<byte>.Shared.Return(strings);
            return 0;
        }

        for (var offset = 0; offset < output.BinaryLength;)
        {
            var length = Math.Min(BlockBytes, output.BinaryLength - offset);
            output.Tensor.AsBytes().Slice(offset, length).CopyTo(writer.GetSpan(length));
            writer.Advance(length);
            offset += length;
            unsent += length;
            if (unsent >= BlockBytes)
            {
                await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
                unsent = 0;
            }
        }

        return unsent;
    }
}
