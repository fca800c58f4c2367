namespace EdgeAI.Providers;

/// <summary>A device that an execution provider offers.</summary>
/// <param name="Provider">The provider's name, such as <c>cpu</c>.</param>
/// <param name="Kind">What kind of device it is.</param>
/// <param name="Id">The device's name within its provider, such as <c>0</c>.</param>
/// <param name="Description">The device in words, for people.</param>
public sealed record ExecutionDevice(string Provider, DeviceKind Kind, string Id, string Description)
{
    /// <summary>Provider and id, such as <c>cpu:0</c>.</summary>
    public override string ToString() => $"{Provider}:{Id}";
}
