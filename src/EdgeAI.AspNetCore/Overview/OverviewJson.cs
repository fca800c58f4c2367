using System.Text.Json;
using EdgeAI.AspNetCore.Management;
using EdgeAI.AspNetCore.Serving;
using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Monitoring;
using EdgeAI.Storage;

namespace EdgeAI.AspNetCore.Overview;

/// <summary>What the overview says, as JSON, beside what management says.</summary>
internal static class OverviewJson
{
    public static void WriteStore(Utf8JsonWriter json, StoreOverview store)
    {
        json.WritePropertyName("models"u8);
        json.WriteArray(store.Models, ManagementJson.Write);
        json.WritePropertyName("placements"u8);
        json.WriteArray(store.Placements, ManagementJson.Write);
        json.WritePropertyName("usage"u8);
        ManagementJson.Write(json, store.Usage);
        json.WritePropertyName("backlog"u8);
        json.WriteArray(store.Backlog.Entries, ManagementJson.Write);
        json.WritePropertyName("disks"u8);
        json.WriteArray(store.Disks, static (writer, disk) =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName("tiers"u8);
            writer.WriteArray(disk.Tiers, static (inner, tier) => inner.WriteStringValue(tier));
            WriteNumber(writer, "totalBytes", disk.Capacity.TotalBytes);
            WriteNumber(writer, "availableBytes", disk.Capacity.AvailableBytes);
            writer.WriteEndObject();
        });
        json.WritePropertyName("clusters"u8);
        json.WriteArray(store.Clusters, static (writer, cluster) =>
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, cluster.Name);
            writer.WriteBoolean("isUsable"u8, cluster.IsUsable);
            writer.WriteEndObject();
        });
        json.WriteBoolean("prefersBackup"u8, store.PrefersBackup);
    }

    /// <summary>What tiers may hold, where their options say so.</summary>
    public static void WriteCapacities(Utf8JsonWriter json, TiersOptions tiers)
    {
        json.WriteStartObject("capacities"u8);
        WriteNumber(json, "hot", BytesOf(tiers.Hot.Capacity));
        WriteNumber(json, "warm", BytesOf(tiers.Warm.Capacity));
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, MonitoringRuleState state)
    {
        json.WriteStartObject();
        WriteFields(json, state.Rule, state.Reading);
        json.WriteBoolean("isActive"u8, state.IsActive);
        if (state.Since is { } since)
        {
            json.WriteString("since"u8, since);
        }

        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, MonitoringEvent told)
    {
        json.WriteStartObject();
        WriteFields(json, told.Rule, told.Reading);
        json.WriteString("kind"u8, told.Kind.ToString().ToLowerInvariant());
        json.WriteString("outcome"u8, told.Outcome);
        json.WriteBoolean("isFailed"u8, told.Error is not null);
        json.WriteString("at"u8, told.At);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, (ModelReference Model, ModelCounters Counters) entry)
    {
        var (model, counters) = entry;
        json.WriteStartObject();
        json.WriteString("model"u8, model.ToString());
        json.WriteNumber("succeeded"u8, counters.CountOf(RequestStage.Success));
        json.WriteNumber("failed"u8, counters.CountOf(RequestStage.Fail));
        json.WriteNumber("lastRunAt"u8, counters.LastInference);
        json.WritePropertyName("latency"u8);
        json.WriteArray(counters.Latency.Read(), static (writer, bucket) =>
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(bucket.Microseconds);
            writer.WriteNumberValue(bucket.Count);
            writer.WriteEndArray();
        });
        json.WriteEndObject();
    }

    private static long? BytesOf(string? capacity) => ByteSize.TryParse(capacity, null, out var size) ? size.Bytes : null;

    private static void WriteFields(Utf8JsonWriter json, MonitoringRule rule, double? reading)
    {
        json.WriteString("metric"u8, rule.Metric);
        json.WriteString("action"u8, rule.Action);
        json.WriteString("threshold"u8, rule.Threshold.ToString());
        json.WriteBoolean("isDryRun"u8, rule.IsDryRun);
        if (reading is { } value)
        {
            json.WriteString("reading"u8, new MonitoringQuantity(value, rule.Threshold.Unit).ToString());
            WriteNumber(json, "share", rule.Threshold.Value > 0 ? value / rule.Threshold.Value : null);
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        // Neither infinity nor NaN has a form in JSON.
        if (value is { } number && double.IsFinite(number))
        {
            json.WriteNumber(name, number);
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }
}
