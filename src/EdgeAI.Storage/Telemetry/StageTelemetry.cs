using System.Diagnostics;
using System.Diagnostics.Metrics;
using EdgeAI.Models;
using EdgeAI.Telemetry;

namespace EdgeAI.Storage.Telemetry;

/// <summary>One stage's time, failures and activity. Thread-safe.</summary>
internal sealed class StageTelemetry(string stage, string activityName, Histogram<double> duration, Counter<long> failures, TimeProvider time)
{
    /// <summary>Runs a stage, and tells how long it took and how it ended.</summary>
    public Task<T> MeasureAsync<T>(ModelReference? model, Func<Task<T>> operation) =>
        IsHeard ? MeasureAsync(new TagList(), activity => activity.SetTag(TelemetryTags.Model, model?.ToString()), operation) : operation();

    /// <summary>The same for a request to a cluster.</summary>
    public Task<T> MeasureAsync<T>(string cluster, string request, Func<Task<T>> operation) => IsHeard
        ? MeasureAsync(
            new TagList { { TelemetryTags.Cluster, cluster }, { TelemetryTags.Request, request } },
            activity => activity.SetTag(TelemetryTags.Cluster, cluster).SetTag(TelemetryTags.Request, request),
            operation)
        : operation();

    private bool IsHeard => duration.Enabled || failures.Enabled || StorageTelemetry.Activities.HasListeners();

    private async Task<T> MeasureAsync<T>(TagList tags, Action<Activity> describe, Func<Task<T>> operation)
    {
        using var activity = StorageTelemetry.Activities.StartActivity(activityName);
        if (activity is { IsAllDataRequested: true })
        {
            describe(activity);
        }

        var started = time.GetTimestamp();
        var outcome = "ok";
        try
        {
            return await operation().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            outcome = "cancelled";
            throw;
        }
        catch (Exception exception)
        {
            outcome = "failed";
            failures.Add(1, new(TelemetryTags.Stage, stage), new(TelemetryTags.ErrorType, exception.GetType().Name));
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message).SetTag(TelemetryTags.ErrorType, exception.GetType().Name);
            throw;
        }
        finally
        {
            tags.Add(TelemetryTags.Outcome, outcome);
            duration.Record(time.GetElapsedTime(started).TotalSeconds, tags);
        }
    }
}
