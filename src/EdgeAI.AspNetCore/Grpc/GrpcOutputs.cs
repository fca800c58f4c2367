using EdgeAI.AspNetCore.Protocol;
using EdgeAI.AspNetCore.Serving;
using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.OpenInference.Protocol;
using Google.Protobuf;
using Google.Protobuf.Collections;

namespace EdgeAI.AspNetCore.Grpc;

/// <summary>Makes messages of what came out of runs. Their raw contents are the run's own memory, so it must live until they are sent.</summary>
internal static class GrpcOutputs
{
    /// <exception cref="ProtocolException">An output is not the model's, or is asked for twice.</exception>
    public static void Check(ModelSignature signature, RepeatedField<ModelInferRequest.Types.InferRequestedOutputTensor> wanted)
    {
        foreach (var output in wanted)
        {
            if (output.Parameters.ContainsKey("classification"))
            {
                throw ProtocolException.Malformed("This server has no classification extension; ask for the output itself.");
            }
        }

        OutputNames.Check(signature, [.. wanted.Select(output => output.Name)]);
    }

    public static ModelInferResponse Write(ServedModel model, ModelInferRequest request, ModelOutputs outputs, List<IDisposable> held)
    {
        var response = new ModelInferResponse { ModelName = model.Name, ModelVersion = model.Version, Id = request.Id };
        foreach (var name in request.Outputs.Count > 0 ? request.Outputs.Select(output => output.Name) : outputs.Keys)
        {
            var tensor = OutputNames.TensorOf(name, outputs[name]);
            var described = new ModelInferResponse.Types.InferOutputTensor { Name = name, Datatype = TensorTypes.NameOf(tensor.ElementType) };
            foreach (var size in tensor.Shape)
            {
                described.Shape.Add(size);
            }

            response.Outputs.Add(described);
            response.RawOutputContents.Add(ContentsOf(tensor, held));
        }

        return response;
    }

    private static ByteString ContentsOf(TensorValue tensor, List<IDisposable> held)
    {
        if (tensor.ElementType == ElementType.String)
        {
            var strings = new byte[StringTensors.LengthOf(tensor.AsSpan<string>())];
            StringTensors.Write(tensor.AsSpan<string>(), strings);
            return UnsafeByteOperations.UnsafeWrap(strings);
        }

        var memory = new TensorMemory(tensor);
        held.Add(memory);
        return UnsafeByteOperations.UnsafeWrap(memory.Memory);
    }
}
