using EdgeAI.Inference;
using EdgeAI.OpenInference.Protocol;
using EdgeAI.Remote.Protocol;
using Google.Protobuf;

namespace EdgeAI.Remote.Transports.Grpc;

/// <summary>Requests and answers as messages.</summary>
internal static class GrpcMessages
{
    public static ModelInferRequest Write(InferRequest request, TimeSpan? left)
    {
        var message = new ModelInferRequest { ModelName = request.Model.Name, ModelVersion = request.Model.Version };
        foreach (var input in request.Inputs)
        {
            var tensor = new ModelInferRequest.Types.InferInputTensor { Name = input.Name, Datatype = input.DataType };
            tensor.Shape.AddRange(input.Shape);
            message.Inputs.Add(tensor);
            message.RawInputContents.Add(UnsafeByteOperations.UnsafeWrap(input.Data));
        }

        message.Outputs.AddRange(request.Outputs.Select(name => new ModelInferRequest.Types.InferRequestedOutputTensor { Name = name }));
        if (request.PriorityNumber is { } priority)
        {
            message.Parameters["priority"] = new InferParameter { Int64Param = priority };
        }

        if (InferRequest.TimeoutMicroseconds(left) is { } timeout)
        {
            message.Parameters["timeout"] = new InferParameter { Int64Param = timeout };
        }

        return message;
    }

    /// <exception cref="RemoteCallException">It is none of the protocol.</exception>
    public static InferReply Read(ModelInferResponse message)
    {
        var raw = message.RawOutputContents;
        if (raw.Count > 0 && raw.Count != message.Outputs.Count)
        {
            throw RemoteCallException.Garbled($"it has {message.Outputs.Count} outputs, and raw contents for {raw.Count}.");
        }

        var reply = new InferReply();
        for (var i = 0; i < message.Outputs.Count; i++)
        {
            var output = message.Outputs[i];
            reply.Add(output.Name, raw.Count > 0 ? TensorReader.FromBytes(output.Name, output.Datatype, output.Shape, raw[i].Memory) : ReadContents(output));
        }

        return reply;
    }

    private static TensorValue ReadContents(ModelInferResponse.Types.InferOutputTensor output)
    {
        var (name, shape, contents) = (output.Name, output.Shape, output.Contents ?? new InferTensorContents());
        return TensorReader.TypeOf(name, output.Datatype) switch
        {
            ElementType.Bool => TensorReader.FromElements(name, shape, contents.BoolContents.ToArray()),
            ElementType.Int8 => TensorReader.Narrow<int, sbyte>(name, shape, contents.IntContents),
            ElementType.Int16 => TensorReader.Narrow<int, short>(name, shape, contents.IntContents),
            ElementType.Int32 => TensorReader.FromElements(name, shape, contents.IntContents.ToArray()),
            ElementType.Int64 => TensorReader.FromElements(name, shape, contents.Int64Contents.ToArray()),
            ElementType.UInt8 => TensorReader.Narrow<uint, byte>(name, shape, contents.UintContents),
            ElementType.UInt16 => TensorReader.Narrow<uint, ushort>(name, shape, contents.UintContents),
            ElementType.UInt32 => TensorReader.FromElements(name, shape, contents.UintContents.ToArray()),
            ElementType.UInt64 => TensorReader.FromElements(name, shape, contents.Uint64Contents.ToArray()),
            ElementType.Float32 => TensorReader.FromElements(name, shape, contents.Fp32Contents.ToArray()),
            ElementType.Float64 => TensorReader.FromElements(name, shape, contents.Fp64Contents.ToArray()),
            ElementType.String => TensorReader.FromElements(name, shape, contents.BytesContents.Select(text => StringTensors.Decode(name, text.Span)).ToArray()),
            _ => throw RemoteCallException.Garbled($"the output '{name}' is {output.Datatype}, which has no contents but raw ones."),
        };
    }
}
