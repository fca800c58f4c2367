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
    public static void WriteStore(Utf8JsonWriter json, StoreOverview store, StoreExcerpt shown)
    {
        json.WriteNumber("modelCount"u8, store.Models.Count);
        json.WriteNumber("matchingCount"u8, shown.Matching);
        json.WritePropertyName("models"u8);
        json.WriteArray(shown.Models, ManagementJson.Write);
        json.WritePropertyName("placements"u8);
        json.WriteArray(shown.Placements, ManagementJson.Write);
        json.WritePropertyName("usage"u8);
        ManagementJson.Write(json, store.Usage with { Models = [] });
        json.WriteNumber("backlogCount"u8, store.Backlog.Entries.Count);
        json.WritePropertyName("backlog"u8);
        json.WriteArray(shown.Backlog, ManagementJson.Write);
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

    /// <summary>What tiers hold, and may hold where their options say so. How packs spread over warm and cold follows from the models, where what several share counts for each.</summary>
    public static void WriteTiers(Utf8JsonWriter json, StoreOverview store, TiersOptions tiers)
    {
        var cold = store.Placements.Sum(placement => placement.ColdBytes);
        json.WriteStartArray("tiers"u8);
        WriteTier(json, "hot", store.Usage.HotBytes, tiers.Hot);
        WriteTier(json, "warm", cold == 0 ? store.Usage.StoredBytes : store.Placements.Sum(placement => placement.WarmBytes), tiers.Warm);
        WriteTier(json, "cold", cold, tiers.Cold);
        json.WriteEndArray();
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

    private static void WriteTier(Utf8JsonWriter json, string name, long bytes, TierOptions options)
    {
        json.WriteStartObject();
        json.WriteString("tier"u8, name);
        json.WriteNumber("bytes"u8, bytes);
        WriteNumber(json, "capacityBytes", ByteSize.TryParse(options.Capacity, null, out var size) ? size.Bytes : null);
        json.WriteEndObject();
    }

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
