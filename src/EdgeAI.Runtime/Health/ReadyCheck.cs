using System.Globalization;
using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace EdgeAI.Health;

/// <summary>Whether an instance can serve, and what keeps it from being at its best.</summary>
internal sealed class ReadyCheck(EdgeRuntime runtime, HealthOptions options, TimeProvider time) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!runtime.IsStarted)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "Its models are not imported and loaded yet.");
        }

        if (runtime.Engine.Devices is { Count: > 0 } devices && !devices.Any(device => device.IsUsable))
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"No device can be used: {string.Join(' ', devices.Select(device => device.Reason))}");
        }

        var reasons = new List<string>();
        try
        {
            AddBacklog(reasons, await runtime.Store.GetBacklogAsync(cancellationToken).ConfigureAwait(false));
            await AddStorageAsync(reasons, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is EdgeAIException or IOException or UnauthorizedAccessException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"The store can't be opened: {exception.Message}", exception);
        }

        reasons.AddRange(((runtime.Engine as IEngineControl)?.FailedDevices ?? []).Select(device => $"The device {device.Device} is left alone. {device.Reason}"));
        reasons.AddRange(runtime.Monitor.Rules.Where(rule => rule.IsActive).Select(rule => $"The rule '{rule.Rule}' holds."));
        return reasons.Count == 0
            ? HealthCheckResult.Healthy("Its models are loaded, and its store is open.")
            : HealthCheckResult.Degraded(string.Join(' ', reasons), data: reasons.Index().ToDictionary(reason => $"reason{reason.Index + 1}", reason => (object)reason.Item));
    }

    private void AddBacklog(List<string> reasons, StorageBacklog backlog)
    {
        if (backlog.Oldest is { } oldest && time.GetUtcNow() - oldest > options.OutboxAge)
        {
            reasons.Add($"{backlog.Entries.Count} model version(s) are still to go to clusters, the oldest since {oldest:u}. {backlog.LastError}".TrimEnd());
        }
    }

    private async ValueTask AddStorageAsync(List<string> reasons, CancellationToken cancellationToken)
    {
        if (runtime.Store is not IStorageControl control)
        {
            return;
        }

        reasons.AddRange(control.Clusters.Where(cluster => !cluster.IsUsable).Select(cluster => $"The cluster '{cluster.Name}' is left alone after failures."));
        if (control.PrefersBackup)
        {
            reasons.Add("Reads go to the backup cluster first.");
        }

        foreach (var disk in await control.GetDisksAsync(cancellationToken).ConfigureAwait(false))
        {
            if (disk.Used > options.DiskUsage)
            {
                reasons.Add(string.Create(CultureInfo.InvariantCulture, $"The disk of {string.Join(", ", disk.Tiers)} is {disk.Used * 100:0.#}% full."));
            }
        }
    }
}
