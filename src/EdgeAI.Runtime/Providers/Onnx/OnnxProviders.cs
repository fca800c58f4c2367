using EdgeAI.Configuration;
using Microsoft.ML.OnnxRuntime;

namespace EdgeAI.Providers.Onnx;

/// <summary>Finds the execution providers that the ONNX Runtime at hand offers beside the processor's, and plugin libraries'.</summary>
internal sealed class OnnxProviders(InferenceOptions options)
{
    private const string CpuName = "CPUExecutionProvider";
    private const string NameEnding = "ExecutionProvider";

    // ONNX Runtime registers a library once a process, whatever engines there are: the execution providers that each one brought.
    private static readonly Lock RegistrationLock = new();
    private static readonly Dictionary<string, string[]> Registered = new(StringComparer.Ordinal);

    /// <summary>A provider for each, and one without devices for all that is not usable.</summary>
    public IReadOnlyList<IExecutionProvider> Find()
    {
        List<DeviceStatus> unusable = [];
        foreach (var (name, path) in options.ProviderLibraries)
        {
            if (Register(name, path) is { } failure)
            {
                unusable.Add(new DeviceStatus(new ExecutionDevice(name.ToLowerInvariant(), DeviceKind.Cpu, "0", path), false, $"The library '{path}' could not be loaded: {failure}"));
            }
        }

        var groups = OrtEnv.Instance().GetEpDevices().Where(device => device.EpName != CpuName && IsWanted(device.EpName)).GroupBy(device => device.EpName, StringComparer.Ordinal).ToArray();
        foreach (var name in OrtEnv.Instance().GetAvailableProviders().Where(name => name != CpuName && IsWanted(name) && !groups.Any(group => group.Key == name)))
        {
            unusable.Add(new DeviceStatus(new ExecutionDevice(ShortName(name), DeviceKind.Cpu, "0", name), false, $"ONNX Runtime has {name}, and it found no device of its own on this machine."));
        }

        return [.. groups.Select(group => new OnnxDeviceProvider(ShortName(group.Key), group, options)), new UnusableDevices(unusable)];
    }

    // What another engine of this process registered is not this one's.
    private bool IsWanted(string epName)
    {
        lock (RegistrationLock)
        {
            return Registered.All(library => !library.Value.Contains(epName) || options.ProviderLibraries.ContainsKey(library.Key));
        }
    }

    private static string[] EpNames() => [.. OrtEnv.Instance().GetEpDevices().Select(device => device.EpName)];

    private static string? Register(string name, string path)
    {
        lock (RegistrationLock)
        {
            if (Registered.ContainsKey(name))
            {
                return null;
            }

            try
            {
                var before = EpNames();
                OrtEnv.Instance().RegisterExecutionProviderLibrary(name, Path.GetFullPath(path));
                Registered.Add(name, [.. EpNames().Except(before)]);
                return null;
            }
            catch (OnnxRuntimeException exception)
            {
                return exception.Message;
            }
        }
    }

    private static string ShortName(string name) =>
        (name.EndsWith(NameEnding, StringComparison.Ordinal) ? name[..^NameEnding.Length] : name).ToLowerInvariant();
}
