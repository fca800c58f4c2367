namespace EdgeAI.Storage.S3;

/// <summary>A gateway of a cluster. Thread-safe.</summary>
internal sealed class S3Endpoint(string address, S3Client client, TimeProvider time) : IDisposable
{
    /// <summary>Its address, without anything secret.</summary>
    public string Address => address;

    public S3Client Client => client;

    public S3EndpointHealth Health { get; } = new(time);

    public void Dispose() => client.Dispose();
}
