using EdgeAI.Testing.Files;
using EdgeAI.Testing.Processes;
using Microsoft.ML.OnnxRuntime;

namespace EdgeAI.Runtime.Tests.Providers.Plugin;

/// <summary>The library with the execution provider of <c>matmul_provider.cc</c>.</summary>
internal static class PluginLibrary
{
    /// <summary>What it is registered as.</summary>
    public const string Name = "matmul.virtual";

    // ONNX Runtime loads it once a process, and never unloads it.
    private static readonly TemporaryDirectory Folder = new();
    private static readonly SemaphoreSlim Building = new(1, 1);

    public static string Path => Folder.Combine("libmatmul.so");

    /// <summary>Builds it, once a process.</summary>
    public static async Task BuildAsync(CancellationToken cancellationToken)
    {
        await Building.WaitAsync(cancellationToken);
        try
        {
            if (!File.Exists(Path))
            {
                var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
                    ?? System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
                var headers = System.IO.Path.Combine(packages, "microsoft.ml.onnxruntime", OrtEnv.Instance().GetVersionString(), "build", "native", "include");
                var source = SolutionFolder.Combine("tests", "EdgeAI.Runtime.Tests", "Providers", "Plugin", "matmul_provider.cc");
                (await ChildProcess.RunAsync("g++", ["-std=c++17", "-O2", "-shared", "-fPIC", "-I", headers, source, "-o", Path], null, cancellationToken)).EnsureSuccess();
            }
        }
        finally
        {
            Building.Release();
        }
    }
}
