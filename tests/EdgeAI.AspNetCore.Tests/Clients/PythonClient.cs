using System.Text.Json.Nodes;
using EdgeAI.AspNetCore.Tests.Clients;
using EdgeAI.AspNetCore.Tests.Hosting;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Processes;

[assembly: AssemblyFixture(typeof(PythonClient))]

namespace EdgeAI.AspNetCore.Tests.Clients;

/// <summary>gRPC's own library for Python over its C core, with what protoc makes of the protocol's file and of the health protocol's as the distribution has it.</summary>
public sealed class PythonClient : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private const string HealthFolder = "/usr/share/grpc-proto/grpc/health/v1";

    private readonly TemporaryDirectory _stubs = new();
    private readonly Lazy<Task> _making;

    public PythonClient() => _making = new(MakeStubsAsync);

    /// <summary>Runs one of the program's functions against a host.</summary>
    internal async Task<JsonNode> AskAsync(ServingHost host, string what)
    {
        await _making.Value;
        var program = Path.Combine(AppContext.BaseDirectory, "Clients", "programs", "client.py");
        var result = await ChildProcess.RunAsync(Python, [program, _stubs.Path, host.Channel.Target, what], null, TestContext.Current.CancellationToken);
        return JsonNode.Parse(result.EnsureSuccess().Output)!;
    }

    public void Dispose() => _stubs.Dispose();

    private async Task MakeStubsAsync()
    {
        const string Plugin = "/usr/bin/grpc_python_plugin";
        Assert.True(
            File.Exists(Python) && File.Exists("/usr/bin/protoc") && File.Exists(Plugin) && File.Exists(HealthFolder + "/health.proto"),
            "gRPC for Python is not installed (apt-get install python3-grpcio protobuf-compiler protobuf-compiler-grpc grpc-proto).");
        var result = await ChildProcess.RunAsync("/usr/bin/protoc",
        [
            $"-I{SolutionFolder.Combine("src", "protos")}", $"-I{HealthFolder}", $"--python_out={_stubs.Path}", $"--grpc_out={_stubs.Path}", $"--plugin=protoc-gen-grpc={Plugin}",
            "inference.proto", "health.proto",
        ]);
        result.EnsureSuccess();
    }
}
