using EdgeAI.AspNetCore.Tests.Hosting;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Processes;

namespace EdgeAI.AspNetCore.Tests.Clients;

/// <summary>gRPC's library for Node.js, and the client of the health protocol that is made for it.</summary>
internal static class NodeClient
{
    private static string Modules => SolutionFolder.Combine("data", "grpc-js", "node_modules");

    /// <summary>Starts one of the program's functions against a host.</summary>
    public static ChildProcess Start(ServingHost host, string what)
    {
        Assert.True(
            Directory.Exists(Path.Combine(Modules, "grpc-health-check")) && Directory.Exists(Path.Combine(Modules, "@grpc", "grpc-js")),
            "gRPC for Node.js is not installed (npm install --prefix data/grpc-js @grpc/grpc-js grpc-health-check).");
        var program = Path.Combine(AppContext.BaseDirectory, "Clients", "programs", "client.js");
        return ChildProcess.Start("node", [program, Modules, SolutionFolder.Combine("src", "protos", "inference.proto"), host.Channel.Target, what]);
    }
}
