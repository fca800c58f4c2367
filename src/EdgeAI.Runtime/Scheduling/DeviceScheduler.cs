using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Isolation;
using EdgeAI.Models;
using EdgeAI.Providers;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Scheduling;

/// <summary>Knows the devices, and sends each load and run to the one where it is expected to finish first, or to the next one when that fails. Thread-safe.</summary>
internal sealed partial class DeviceScheduler
{
    // Milliseconds that a run must take here before a remote device is tried for it.
    private const double WorthTheWay = 2;

    private readonly DeviceLane[] _lanes;
    private readonly DeviceStatus[] _unusable;
    private readonly InferenceOptions _options;
    private readonly ILogger _logger;

    public DeviceScheduler(IEnumerable<IExecutionProvider> providers, InferenceOptions options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _logger = logger;
        IExecutionProvider[] all = [.. providers];

        // Of providers that offer the same device the first one has it: an app's own stands before ours.
        var found = all.SelectMany(provider => provider.Devices.Select(device => (Provider: provider, Device: device))).DistinctBy(pair => pair.Device.ToString()).ToArray();
        _lanes =
        [
            .. found.Where(pair => OptionsOf(pair.Device).IsEnabled)
                .Select((pair, index) => new DeviceLane(index, pair.Provider, pair.Device, OptionsOf(pair.Device), time)),
        ];
        _unusable =
        [
            .. found.Where(pair => !OptionsOf(pair.Device).IsEnabled).Select(pair => new DeviceStatus(pair.Device, false, "It is switched off in the options (Inference:Devices).")),
            .. all.SelectMany(provider => provider.UnusableDevices),
        ];
        Remote = new RemotePolicies(options.RemotePolicy, logger);
        HasRemote = _lanes.Any(lane => lane.IsRemote);
        IsDirect = _lanes is [{ Queue.IsLimited: false, IsRemote: false }] && options.RunTimeout is null;
    }

    /// <summary>Is raised when a device failed and another one goes on.</summary>
    public event Action<DeviceFault>? Failed;

    /// <summary>Whether there is nothing to choose and nothing to wait for.</summary>
    public bool IsDirect { get; }

    /// <summary>Whether there is any device elsewhere.</summary>
    public bool HasRemote { get; }

    /// <summary>Whether a device is elsewhere.</summary>
    public bool IsRemote(string device) => Array.Exists(_lanes, lane => lane.IsRemote && lane.Device.ToString() == device);

    /// <summary>Which policy for remote devices holds.</summary>
    public RemotePolicies Remote { get; }

    /// <summary>Whether a request may go to another device when one fails.</summary>
    public bool MayMoveOn => _options.AllowFallback;

    /// <summary>All devices that requests may go to.</summary>
    public IReadOnlyList<DeviceLane> All => _lanes;

    public int WaitingRuns => _lanes.Sum(lane => lane.Queue.Length);

    public int Lanes => _lanes.Length;

    public PowerPolicy DefaultPolicy => _options.PowerPolicy;

    public TimeSpan? RunTimeout => _options.RunTimeout;

    public IReadOnlyList<DeviceStatus> Devices =>
    [
        .. _lanes.Select(lane => new DeviceStatus(lane.Device, lane.OutReason is null, lane.OutReason ?? $"{lane.Device.Description} is ready.") { WaitingRuns = lane.Queue.Length }),
        .. _unusable,
    ];

    /// <summary>The devices that a request may go to, the preferred first; those that failed lately only when there is no other.</summary>
    /// <exception cref="DeviceUnavailableException">There is none.</exception>
    public List<DeviceLane> Candidates(LeasedModel leased, PowerPolicy? wishedPolicy, RemotePolicy remote, string? device)
    {
        var model = leased.Digest;
        var policy = wishedPolicy ?? _options.PowerPolicy;
        IEnumerable<DeviceLane> allowed = leased.Isolation == ModelIsolation.OutOfProcess ? _lanes.Where(lane => lane.IsRemote || IsolatedSession.CanRunOn(lane.Provider)) : _lanes;
        if (leased.IsRemoteOnly)
        {
            allowed = allowed.Where(lane => lane.IsRemote);
        }

        if (device is not null)
        {
            allowed = allowed.Where(lane => lane.Device.ToString() == device);
        }
        else if (policy == PowerPolicy.CpuOnly)
        {
            allowed = allowed.Where(lane => lane.Device.Kind == DeviceKind.Cpu);
        }
        else if (policy == PowerPolicy.Efficient)
        {
            allowed = allowed.OrderBy(lane => Rank(lane.Device.Kind));
        }

        List<DeviceLane> candidates = [.. device is null ? RemoteChoice.Order(allowed, remote) : allowed];
        if (candidates.Count == 0 && (device is not null || _lanes.Length > 0))
        {
            throw new DeviceUnavailableException(Wanted(leased, policy, remote, device), [.. _lanes.Select(lane => lane.Device.ToString())]);
        }

        if (!_options.AllowFallback && candidates.Count > 1 && policy != PowerPolicy.Fastest)
        {
            candidates.RemoveRange(1, candidates.Count - 1);
        }

        if (candidates.Exists(lane => !lane.IsOutFor(model)) && _options.AllowFallback)
        {
            candidates.RemoveAll(lane => lane.IsOutFor(model));
        }

        return candidates;
    }

    /// <summary>The device where a run is expected to finish first, its loading included.</summary>
    public static DeviceLane Choose(List<DeviceLane> candidates, Digest model, int bucket, Func<DeviceLane, double> loadMilliseconds)
    {
        if (candidates.Count == 1)
        {
            return candidates[0];
        }

        // A device that nobody has tried is taken to be as fast as the best, so that it is tried when the others are busy. A remote one is tried once in any case, where a way over the network could be worth it.
        var best = candidates.Min(lane => lane.Expect(model, bucket)) ?? 0;
        return candidates.Find(IsToBeTried) ?? candidates.MinBy(lane => lane.PendingMilliseconds + (lane.Expect(model, bucket) ?? best) + loadMilliseconds(lane))!;

        bool IsToBeTried(DeviceLane lane) => lane.IsRemote && best >= WorthTheWay && lane.IsIdle && lane.Expect(model, bucket) is null;
    }

    /// <summary>Tells that a request goes from one device to another.</summary>
    /// <returns>Whether it may; otherwise the failure is the caller's.</returns>
    public bool TryMoveOn(ModelReference model, DeviceLane failed, DeviceLane? next, Exception error)
    {
        if (next is null || !_options.AllowFallback)
        {
            return false;
        }

        LogFailed(_logger, error, failed.Device, model, next.Device);
        Failed?.Invoke(new DeviceFault(model, failed.Device, next.Device, error));
        return true;
    }

    private DeviceOptions OptionsOf(ExecutionDevice device) => _options.Devices.TryGetValue(device.ToString(), out var options) ? options : new DeviceOptions();

    private static string Wanted(LeasedModel leased, PowerPolicy policy, RemotePolicy remote, string? device)
    {
        var wanted = device ?? (remote is RemotePolicy.LocalOnly or RemotePolicy.RemoteOnly ? $"{policy}, {remote}" : policy.ToString());
        return wanted + (leased.IsRemoteOnly ? ", for a model that the store does not have" : leased.Isolation == ModelIsolation.OutOfProcess ? ", out of process" : string.Empty);
    }

    private static int Rank(DeviceKind kind) => kind switch
    {
        DeviceKind.Npu => 0,
        DeviceKind.Gpu => 1,
        DeviceKind.Cpu => 2,
        _ => 3,
    };

    [LoggerMessage(2, LogLevel.Warning, "{Device} failed at {Model}; {Next} goes on.")]
    private static partial void LogFailed(ILogger logger, Exception exception, ExecutionDevice device, ModelReference model, ExecutionDevice next);
}
