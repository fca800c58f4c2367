using EdgeAI.AspNetCore.Configuration;
using EdgeAI.AspNetCore.Protocol;
using EdgeAI.Inference;
using EdgeAI.OpenInference.Protocol;
using Google.Protobuf;

namespace EdgeAI.AspNetCore.Grpc;

/// <summary>Makes a run's inputs of a message: raw contents are read where they lie, typed contents are copied once.</summary>
internal static class GrpcInputs
{
    /// <exception cref="ProtocolException">The message is malformed, or over the limits.</exception>
    public static ModelInputs Read(ModelInferRequest request, ServingLimits limits)
    {
        if (request.Inputs.Count > limits.MaxTensors || request.Outputs.Count > limits.MaxTensors)
        {
            throw ProtocolException.Malformed($"The request has {request.Inputs.Count} inputs and asks for {request.Outputs.Count} outputs; {limits.MaxTensors} are the most.");
        }

        var isRaw = request.RawInputContents.Count > 0;
        if (isRaw && request.RawInputContents.Count != request.Inputs.Count)
        {
            throw ProtocolException.Malformed($"There are {request.RawInputContents.Count} raw_input_contents for {request.Inputs.Count} inputs; give one for each, or none.");
        }

        var inputs = new ModelInputs();
        for (var i = 0; i < request.Inputs.Count; i++)
        {
            var input = request.Inputs[i];
            if (inputs.ContainsKey(input.Name))
            {
                throw ProtocolException.Malformed($"The input '{input.Name}' is given twice.");
            }

            inputs.Add(input.Name, Read(input, isRaw ? request.RawInputContents[i] : null, limits));
        }

        return inputs;
    }

    private static TensorValue Read(ModelInferRequest.Types.InferInputTensor input, ByteString? raw, ServingLimits limits)
    {
        if (!TensorTypes.TryParse(input.Datatype, out var type))
        {
            throw ProtocolException.Malformed($"The data type of the input '{input.Name}' is '{input.Datatype}'; it must be one of {TensorTypes.Names}.");
        }

        long[] shape = [.. input.Shape];
        var elements = TensorShape.CountElements(input.Name, shape, limits);
        if (raw is null)
        {
            return ReadContents(input, type, shape, elements);
        }

        return input.Contents is null
            ? RawTensor.Create(input.Name, type, raw.Memory, shape, elements)
            : throw ProtocolException.Malformed($"The input '{input.Name}' has contents, and the request has raw_input_contents; give one of them.");
    }

    private static TensorValue ReadContents(ModelInferRequest.Types.InferInputTensor input, ElementType type, long[] shape, int elements)
    {
        var contents = input.Contents ?? new InferTensorContents();
        return type switch
        {
            ElementType.Float32 => Create(contents.Fp32Contents, static value => value),
            ElementType.Float64 => Create(contents.Fp64Contents, static value => value),
            ElementType.Int64 => Create(contents.Int64Contents, static value => value),
            ElementType.Int32 => Create(contents.IntContents, static value => value),
            ElementType.Int16 => Create(contents.IntContents, static value => checked((short)value)),
            ElementType.Int8 => Create(contents.IntContents, static value => checked((sbyte)value)),
            ElementType.UInt64 => Create(contents.Uint64Contents, static value => value),
            ElementType.UInt32 => Create(contents.UintContents, static value => value),
            ElementType.UInt16 => Create(contents.UintContents, static value => checked((ushort)value)),
            ElementType.UInt8 => Create(contents.UintContents, static value => checked((byte)value)),
            ElementType.Bool => Create(contents.BoolContents, static value => value),
            ElementType.String => Create(contents.BytesContents, value => StringTensors.Decode(input.Name, value.Span)),
            _ => throw ProtocolException.Malformed($"The input '{input.Name}' is {input.Datatype}, which has no typed contents; use raw_input_contents."),
        };

        TensorValue Create<TFrom, TTo>(IList<TFrom> values, Func<TFrom, TTo> convert)
        {
            if (values.Count != elements)
            {
                throw ProtocolException.Malformed($"The input '{input.Name}' has {values.Count} elements in the contents of {input.Datatype}; its shape says {elements}.");
            }

            var array = new TTo[elements];
            try
            {
                for (var i = 0; i < elements; i++)
                {
                    array[i] = convert(values[i]);
                }
            }
            catch (OverflowException)
            {
                throw ProtocolException.Malformed($"The input '{input.Name}' has an element that is no {input.Datatype}.");
            }

            return TensorValue.Create(array, shape);
        }
    }
}
