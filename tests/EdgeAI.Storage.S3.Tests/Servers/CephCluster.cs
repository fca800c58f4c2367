using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;
using EdgeAI.Storage.S3.Tests.Servers;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Processes;

[assembly: AssemblyFixture(typeof(CephCluster))]

namespace EdgeAI.Storage.S3.Tests.Servers;

/// <summary>
/// A Ceph cluster of three disks and two gateways, on loopback, for all tests of the assembly: started by the first that asks, ended with the last. Where Ceph is not installed, or the tests don't run as root, those who ask
/// are skipped, and say so.
/// </summary>
public sealed class CephCluster : IAsyncDisposable
{
    /// <summary>What keys begin with that anyone may read.</summary>
    public const string OpenPrefix = "public-";

    private const string Bucket = "edgeai";
    private const string OpenToAnyone =
        $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::{{Bucket}}/{{OpenPrefix}}*"]}]}""";

    private const int Ports = 150;

    private readonly TemporaryDirectory _folder = new();
    private readonly SemaphoreSlim _starting = new(1);
    private int _port;

    /// <summary>The gateways' addresses.</summary>
    public IReadOnlyList<Uri> Endpoints => [Address(_port), Address(_port + 1)];

    private static string Scripts => Path.Combine(AppContext.BaseDirectory, "Servers", "ceph");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Sees to it that everything runs: what was killed is started again.</summary>
    public async Task StartAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && File.Exists("/usr/bin/radosgw"), "Ceph is not installed (apt-get install ceph-mon ceph-osd radosgw), or this is not root.");
        await _starting.WaitAsync(Cancellation);
        try
        {
            var isFirst = _port == 0;
            _port = isFirst ? FindPorts() : _port;
            using var start = ChildProcess.Start(
                "bash",
                [Path.Combine(Scripts, "start.sh"), _folder.Path],
                environment:
                [
                    ("RGW_PORT", Text(_port)), ("MON_PORT", Text(_port + 9)), ("DAEMON_PORT_MIN", Text(_port + 10)), ("DAEMON_PORT_MAX", Text(_port + Ports - 1)), ("OSD_BYTES", Text(4 << 29)), ("WAIT", "180"),
                ]);
            (await start.WaitAsync(Cancellation)).EnsureSuccess();
            if (isFirst)
            {
                using var client = MakeClient(Endpoints[0]);
                await client.PutBucketAsync(Bucket, Cancellation);
                await client.PutBucketPolicyAsync(Bucket, OpenToAnyone, Cancellation);
            }
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>How to reach it, for a tier.</summary>
    public S3ClusterOptions Options(string prefix)
    {
        var options = new S3ClusterOptions { Bucket = Bucket, Region = "default", AccessKey = "testaccess", SecretKey = "testsecret12345678", Prefix = prefix };
        foreach (var endpoint in Endpoints)
        {
            options.Endpoints.Add(endpoint);
        }

        return options;
    }

    /// <summary>A client of the SDK's own, to look at what a tier has done.</summary>
    public IAmazonS3 MakeClient(Uri? endpoint = null) => new AmazonS3Client(
        new BasicAWSCredentials("testaccess", "testsecret12345678"),
        new AmazonS3Config
        {
            ServiceURL = (endpoint ?? Endpoints[0]).ToString(),
            ForcePathStyle = true,
            AuthenticationRegion = "default",
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        });

    /// <summary>Kills a server, such as <c>rgw.0</c> or <c>osd.2</c>, as a power cut would.</summary>
    public void Kill(string server)
    {
        using var process = Process.GetProcessById(int.Parse(File.ReadAllText(_folder.Combine("run", server + ".pid")), CultureInfo.InvariantCulture));
        process.Kill();
        process.WaitForExit();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_port != 0)
        {
            await ChildProcess.RunAsync("bash", [Path.Combine(Scripts, "stop.sh"), _folder.Path]);
        }

        _starting.Dispose();
        _folder.Dispose();
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static Uri Address(int port) => new($"http://127.0.0.1:{port}");

    // A row of ports that nobody has, below those that the system gives to clients.
    private static int FindPorts()
    {
        while (true)
        {
            var first = Random.Shared.Next(100, 160) * 200;
            if (Enumerable.Range(first, Ports).All(IsFree))
            {
                return first;
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
