using System.Diagnostics;
using System.Globalization;

namespace EdgeAI.Benchmarks.Serving.Load;

/// <summary>Load by wrk: each client asks again as soon as it is answered.</summary>
internal static class Wrk
{
    private const string Mark = "RESULT";

    /// <exception cref="InvalidOperationException">wrk is missing or failed.</exception>
    public static async Task<LoadResult> RunAsync(string address, byte[] body, int headerLength, string contentType, int clients, int seconds)
    {
        var folder = Directory.CreateTempSubdirectory("edgeai-wrk-");
        try
        {
            var (bodyFile, script) = (Path.Combine(folder.FullName, "body"), Path.Combine(folder.FullName, "ask.lua"));
            await File.WriteAllBytesAsync(bodyFile, body);
            await File.WriteAllTextAsync(script, ScriptFor(bodyFile, headerLength, contentType));
            var output = await RunAsync("-t1", $"-c{clients}", $"-d{seconds}s", "--timeout", "60s", "-s", script, address);
            var fields = output.Split('\n').First(line => line.StartsWith(Mark, StringComparison.Ordinal)).Split(' ');
            double Field(int index) => double.Parse(fields[index], CultureInfo.InvariantCulture);
            return new LoadResult(Field(1) / Field(2), Field(3), Field(4), (long)Field(5));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("wrk", arguments) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("wrk did not start; install it: apt-get install wrk.");
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"wrk ended with {process.ExitCode}: {output}");
    }

    private static string ScriptFor(string bodyFile, int headerLength, string contentType) => string.Create(CultureInfo.InvariantCulture, $$"""
        local file = io.open("{{bodyFile}}", "rb")
        wrk.method = "POST"
        wrk.body = file:read("*a")
        file:close()
        wrk.headers["Content-Type"] = "{{contentType}}"
        {{(headerLength > 0 ? $"wrk.headers[\"Inference-Header-Content-Length\"] = \"{headerLength}\"" : string.Empty)}}
        done = function(summary, latency, requests)
          local errors = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout
          io.write(string.format("{{Mark}} %d %.6f %.3f %.3f %d\n", summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000, errors))
        end
        """);
}
