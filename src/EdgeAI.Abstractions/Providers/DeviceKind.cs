namespace EdgeAI.Providers;

/// <summary>What kind of device computes.</summary>
public enum DeviceKind
{
    /// <summary>The processor.</summary>
    Cpu = 0,

    /// <summary>A graphics processor.</summary>
    Gpu = 1,

    /// <summary>A neural processor.</summary>
    Npu = 2,

    /// <summary>A cluster reached over the network.</summary>
    Remote = 3,
}
