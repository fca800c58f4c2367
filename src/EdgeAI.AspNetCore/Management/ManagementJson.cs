using System.Text.Json;
using EdgeAI.Memory;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Storage;

namespace EdgeAI.AspNetCore.Management;

/// <summary>What management endpoints say, as JSON.</summary>
internal static class ManagementJson
{
    public static void WriteArray<T>(this Utf8JsonWriter json, IEnumerable<T> values, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray();
        foreach (var value in values)
        {
            write(json, value);
        }

        json.WriteEndArray();
    }

    public static void Write(Utf8JsonWriter json, ModelInfo model)
    {
        json.WriteStartObject();
        WriteFields(json, model);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, ModelInfo model, ModelManifest manifest)
    {
        json.WriteStartObject();
        WriteFields(json, model);
        json.WriteString("format"u8, manifest.Format.ToString().ToLowerInvariant());
        json.WritePropertyName("files"u8);
        json.WriteArray(manifest.Files, static (writer, file) =>
        {
            writer.WriteStartObject();
            writer.WriteString("path"u8, file.Path);
            writer.WriteNumber("length"u8, file.Length);
            writer.WriteEndObject();
        });
        json.WritePropertyName("inputs"u8);
        json.WriteArray(manifest.Signature.Inputs, static (writer, value) => writer.WriteStringValue(value.ToString()));
        json.WritePropertyName("outputs"u8);
        json.WriteArray(manifest.Signature.Outputs, static (writer, value) => writer.WriteStringValue(value.ToString()));
        json.WriteStartObject("metadata"u8);
        foreach (var (name, value) in manifest.Metadata)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, ImportResult result)
    {
        json.WriteStartObject();
        WriteFields(json, result.Model);
        json.WriteBoolean("wasPresent"u8, result.WasPresent);
        json.WriteNumber("newBytes"u8, result.NewBytes);
        json.WriteNumber("storedBytes"u8, result.StoredBytes);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, PullResult result)
    {
        json.WriteStartObject();
        WriteFields(json, result.Model);
        json.WriteBoolean("wasPresent"u8, result.WasPresent);
        json.WriteNumber("bytesMoved"u8, result.BytesMoved);
        json.WriteNumber("bytesResumed"u8, result.BytesResumed);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, ModelPlacement placement)
    {
        json.WriteStartObject();
        json.WriteString("model"u8, placement.Model.ToString());
        json.WriteNumber("hotBytes"u8, placement.HotBytes);
        json.WriteNumber("warmBytes"u8, placement.WarmBytes);
        json.WriteNumber("coldBytes"u8, placement.ColdBytes);
        json.WriteBoolean("isPinned"u8, placement.IsPinned);
        if (placement.LastUsedAt is { } used)
        {
            json.WriteString("lastUsedAt"u8, used);
        }

        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, StorageUsage usage)
    {
        json.WriteStartObject();
        json.WriteNumber("logicalBytes"u8, usage.LogicalBytes);
        json.WriteNumber("storedBytes"u8, usage.StoredBytes);
        json.WriteNumber("sharedBytes"u8, usage.SharedBytes);
        json.WriteNumber("unreferencedBytes"u8, usage.UnreferencedBytes);
        json.WriteNumber("overheadBytes"u8, usage.OverheadBytes);
        json.WriteNumber("hotBytes"u8, usage.HotBytes);
        json.WritePropertyName("models"u8);
        json.WriteArray(usage.Models, static (writer, model) =>
        {
            writer.WriteStartObject();
            writer.WriteString("model"u8, model.Model.ToString());
            writer.WriteNumber("logicalBytes"u8, model.LogicalBytes);
            writer.WriteNumber("exclusiveBytes"u8, model.ExclusiveBytes);
            writer.WriteNumber("sharedBytes"u8, model.SharedBytes);
            writer.WriteEndObject();
        });
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, BacklogEntry entry)
    {
        json.WriteStartObject();
        json.WriteString("cluster"u8, entry.Cluster);
        json.WriteString("model"u8, entry.Model.ToString());
        json.WriteString("digest"u8, entry.Digest.ToString());
        json.WriteString("enteredAt"u8, entry.EnteredAt);
        json.WriteNumber("attempts"u8, entry.Attempts);
        json.WriteString("lastError"u8, entry.LastError);
        json.WriteString("conflict"u8, entry.Conflict?.ToString());
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, MemoryReport memory)
    {
        json.WriteStartObject();
        json.WritePropertyName("budget"u8);
        Write(json, memory.Budget);
        json.WritePropertyName("reserved"u8);
        Write(json, memory.Reserved);
        json.WritePropertyName("models"u8);
        json.WriteArray(memory.Models, static (writer, model) =>
        {
            writer.WriteStartObject();
            writer.WriteString("model"u8, model.Reference.ToString());
            writer.WriteString("digest"u8, model.Digest.ToString());
            writer.WriteString("state"u8, model.State.ToString().ToLowerInvariant());
            writer.WriteString("device"u8, model.Device?.ToString());
            writer.WriteNumber("leases"u8, model.Leases);
            writer.WriteNumber("pins"u8, model.Pins);
            writer.WriteBoolean("isMeasured"u8, model.IsMeasured);
            writer.WritePropertyName("memory"u8);
            Write(writer, model.Memory);
            writer.WriteEndObject();
        });
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, DeviceStatus device)
    {
        json.WriteStartObject();
        json.WriteString("device"u8, device.Device.ToString());
        json.WriteString("kind"u8, device.Device.Kind.ToString().ToLowerInvariant());
        json.WriteString("description"u8, device.Device.Description);
        json.WriteBoolean("isUsable"u8, device.IsUsable);
        json.WriteString("reason"u8, device.Reason);
        json.WriteNumber("waitingRuns"u8, device.WaitingRuns);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, MemoryUse use)
    {
        json.WriteStartObject();
        WriteBytes(json, "privateBytes", use.Private);
        WriteBytes(json, "mappedBytes", use.Mapped);
        WriteBytes(json, "deviceBytes", use.Device);
        json.WriteEndObject();
    }

    // No limit is no number.
    private static void WriteBytes(Utf8JsonWriter json, string name, long bytes)
    {
        if (bytes != long.MaxValue)
        {
            json.WriteNumber(name, bytes);
        }
    }

    private static void WriteFields(Utf8JsonWriter json, ModelInfo model)
    {
        json.WriteString("name"u8, model.Reference.Name);
        json.WriteString("tag"u8, model.Reference.Tag);
        json.WriteString("digest"u8, model.Digest.ToString());
        json.WriteNumber("length"u8, model.Length);
        json.WriteString("importedAt"u8, model.ImportedAt);
    }
}
