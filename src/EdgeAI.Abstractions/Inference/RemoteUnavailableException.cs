namespace EdgeAI.Inference;

/// <summary>A remote device can't be reached, is too busy, or does not let this machine in, and no other device that the request may go to did it.</summary>
public sealed class RemoteUnavailableException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="model">The model.</param>
    /// <param name="device">The remote device.</param>
    /// <param name="reason">What is wrong with it, endpoint by endpoint where there are several.</param>
    /// <param name="innerException">The failure behind it, or null.</param>
    public RemoteUnavailableException(string model, string device, string reason, Exception? innerException = null)
        : base($"'{model}' can't be run on {device} now: {reason} Look at the network and the cluster; with RemotePolicy LocalFirst, RemoteFirst or Fastest a model that is in the store runs here meanwhile.", innerException)
    {
        Model = model;
        Device = device;
        Reason = reason;
    }

    /// <summary>The model.</summary>
    public string Model { get; }

    /// <summary>The remote device.</summary>
    public string Device { get; }

    /// <summary>What is wrong with it.</summary>
    public string Reason { get; }
}
