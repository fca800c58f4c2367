namespace EdgeAI.Inference;

/// <summary>No device that a request may go to is there. Nothing was loaded or run.</summary>
public sealed class DeviceUnavailableException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="wanted">What was asked for: a device's name, or a policy.</param>
    /// <param name="devices">The usable devices that there are.</param>
    public DeviceUnavailableException(string wanted, IReadOnlyList<string> devices)
        : base($"There is no usable device for '{wanted}'; usable are: {(devices.Count == 0 ? "none" : string.Join(", ", devices))}. IInferenceEngine.Devices says why others are not.")
    {
        Wanted = wanted;
        Devices = devices;
    }

    /// <summary>What was asked for.</summary>
    public string Wanted { get; }

    /// <summary>The usable devices that there are.</summary>
    public IReadOnlyList<string> Devices { get; }
}
