namespace EdgeAI.Remote.Configuration;

/// <summary>How tensors go over REST.</summary>
public enum RemoteTensorForm
{
    /// <summary>Binary where the server's metadata names the extension <c>binary_tensor_data</c>, otherwise JSON.</summary>
    Auto = 0,

    /// <summary>Binary, behind a JSON header.</summary>
    Binary = 1,

    /// <summary>As JSON: slow, and without half floats.</summary>
    Json = 2,
}
