namespace EdgeAI.Remote.Configuration;

/// <summary>How the servers of a cluster are spoken to; both are the open inference protocol v2.</summary>
public enum RemoteTransport
{
    /// <summary>gRPC (<c>GRPCInferenceService</c>), over HTTP/2, without TLS too.</summary>
    Grpc = 0,

    /// <summary>REST, with the binary tensor extension where the server has it.</summary>
    Rest = 1,
}
