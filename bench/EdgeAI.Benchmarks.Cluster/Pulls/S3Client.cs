using System.Diagnostics;
using EdgeAI.Benchmarks.Cluster.Links;

namespace EdgeAI.Benchmarks.Cluster.Pulls;

/// <summary>A program that copies folders from and to S3, as most people do it.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Download">The command that gets a prefix of a bucket into a folder.</param>
internal sealed record S3Client(string Name, Func<Uri, string, string, string[]> Download)
{
    /// <summary>rclone and the AWS command line.</summary>
    public static IReadOnlyList<S3Client> All { get; } =
    [
        new("rclone copy", (endpoint, from, to) => ["rclone", "--config", "/dev/null", "--s3-provider", "Ceph", "--s3-endpoint", endpoint.ToString(), "--s3-access-key-id", CephServers.AccessKey, "--s3-secret-access-key", CephServers.SecretKey, "copy", $":s3:{from}", to]),
        new("aws s3 cp", (endpoint, from, to) => ["/usr/bin/aws", "--endpoint-url", endpoint.ToString(), "s3", "cp", "--only-show-errors", "--recursive", $"s3://{from}", to]),
    ];

    /// <summary>Gets a prefix into an empty folder.</summary>
    /// <returns>How long that took, in seconds.</returns>
    public async Task<double> DownloadAsync(Uri endpoint, string from, string to)
    {
        var command = Download(endpoint, from, to);
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true };
        (start.Environment["AWS_ACCESS_KEY_ID"], start.Environment["AWS_SECRET_ACCESS_KEY"], start.Environment["AWS_DEFAULT_REGION"]) = (CephServers.AccessKey, CephServers.SecretKey, CephServers.Region);

        // Loopback has no certificates, and rclone refuses a bundle that the machine has for others.
        start.Environment.Remove("AWS_CA_BUNDLE");
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? Stopwatch.GetElapsedTime(started).TotalSeconds : throw new InvalidOperationException($"{Name} ended with {process.ExitCode}: {error}");
    }
}
