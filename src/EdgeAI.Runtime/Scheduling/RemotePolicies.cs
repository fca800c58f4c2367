using EdgeAI.Providers;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Scheduling;

/// <summary>Which policy holds: what was asked for, unless somebody has overridden it for a while. Thread-safe.</summary>
internal sealed partial class RemotePolicies(RemotePolicy standard, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly List<Overriding> _overrides = [];
    private volatile Overriding? _latest;

    /// <summary>The policy of a run.</summary>
    /// <param name="wished">What the run asks for itself.</param>
    /// <param name="leased">What its lease asks for.</param>
    public RemotePolicy Find(RemotePolicy? wished, RemotePolicy? leased)
    {
        var policy = wished ?? leased ?? standard;
        return wished is null && policy is not (RemotePolicy.LocalOnly or RemotePolicy.RemoteOnly) && _latest is { } latest ? latest.Policy : policy;
    }

    /// <summary>Makes another policy hold until the result is disposed.</summary>
    public IDisposable Begin(RemotePolicy policy, string reason)
    {
        var added = new Overriding(this, policy);
        lock (_lock)
        {
            _overrides.Add(added);
            _latest = added;
        }

        LogOverridden(logger, policy, reason);
        return added;
    }

    private void End(Overriding ended)
    {
        lock (_lock)
        {
            if (!_overrides.Remove(ended))
            {
                return;
            }

            _latest = _overrides.LastOrDefault();
        }

        LogEnded(logger, ended.Policy);
    }

    [LoggerMessage(10, LogLevel.Information, "From now on runs go by {Policy}: {Reason}")]
    private static partial void LogOverridden(ILogger logger, RemotePolicy policy, string reason);

    [LoggerMessage(11, LogLevel.Information, "Runs do not go by {Policy} any more; what was asked for holds again.")]
    private static partial void LogEnded(ILogger logger, RemotePolicy policy);

    private sealed class Overriding(RemotePolicies policies, RemotePolicy policy) : IDisposable
    {
        public RemotePolicy Policy => policy;

        public void Dispose() => policies.End(this);
    }
}
