using System.Globalization;
using EdgeAI.AspNetCore.Protocol;
using EdgeAI.OpenInference.Protocol;
using Google.Protobuf.Collections;

namespace EdgeAI.AspNetCore.Grpc;

/// <summary>The parameters of requests over gRPC.</summary>
internal static class GrpcParameters
{
    /// <exception cref="ProtocolException">One that this server knows has a value that it can't have.</exception>
    public static RequestParameters Read(MapField<string, InferParameter> parameters)
    {
        var read = default(RequestParameters);
        if (parameters.TryGetValue(RequestParameters.PriorityName, out var priority))
        {
            read.SetPriority(IntegerOf(RequestParameters.PriorityName, priority));
        }

        if (parameters.TryGetValue(RequestParameters.TimeoutName, out var timeout))
        {
            read.SetTimeout(IntegerOf(RequestParameters.TimeoutName, timeout));
        }

        return read;
    }

    private static long IntegerOf(string name, InferParameter parameter) => parameter.ParameterChoiceCase switch
    {
        InferParameter.ParameterChoiceOneofCase.Int64Param => parameter.Int64Param,
        InferParameter.ParameterChoiceOneofCase.Uint64Param when parameter.Uint64Param <= long.MaxValue => (long)parameter.Uint64Param,
        InferParameter.ParameterChoiceOneofCase.StringParam when long.TryParse(parameter.StringParam, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) => value,
        _ => throw ProtocolException.Malformed($"'{name}' is no whole number."),
    };
}
