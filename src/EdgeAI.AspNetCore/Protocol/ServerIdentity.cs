using System.Reflection;

namespace EdgeAI.AspNetCore.Protocol;

/// <summary>What the server says of itself.</summary>
internal static class ServerIdentity
{
    /// <summary>What models run in, as the protocol's platforms are called.</summary>
    public const string Platform = "onnxruntime_onnx";

    public static string Version { get; } = typeof(ServerIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    public static IReadOnlyList<string> Extensions { get; } = ["binary_tensor_data", "model_repository", "statistics"];
}
