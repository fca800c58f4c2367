using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EdgeAI.Configuration;
using EdgeAI.Scheduling;
using EdgeAI.Storage;
using Microsoft.ML.OnnxRuntime;

namespace EdgeAI.Memory;

/// <summary>
/// Keeps what was measured beside the hot files, for the next process. A record's name covers what a measurement depends on: the device, its provider's version, ONNX Runtime's, the
/// options that decide about packing and threads. It is knowledge and not content: what can't be read or written is done without.
/// </summary>
internal static class MemoryRecords
{
    // Goes up when what is measured changes.
    private const int Version = 1;

    public static MemoryRecord? Find(IHotModel model, DeviceLane lane, ModelIsolation isolation, InferenceOptions options)
    {
        try
        {
            using var file = File.OpenRead(PathOf(model, lane, isolation, options));
            return JsonSerializer.Deserialize(file, MemoryRecordJson.Default.MemoryRecord) is { Private: >= 0, Mapped: >= 0, Device: >= 0, LoadMilliseconds: >= 0 and < double.MaxValue } record
                ? record
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    public static void Save(IHotModel model, DeviceLane lane, ModelIsolation isolation, InferenceOptions options, MemoryRecord record)
    {
        var staging = Path.Combine(model.DerivedDirectory, IHotModel.StagingPrefix + Guid.NewGuid().ToString("N"));
        try
        {
            // In a folder, because that is what a collection clears after a crash.
            Directory.CreateDirectory(staging);
            var file = Path.Combine(staging, "memory.json");
            File.WriteAllBytes(file, JsonSerializer.SerializeToUtf8Bytes(record, MemoryRecordJson.Default.MemoryRecord));
            File.Move(file, PathOf(model, lane, isolation, options), overwrite: true);
            Directory.Delete(staging);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A read-only or full disk: the next process estimates again.
        }
    }

    private static string PathOf(IHotModel model, DeviceLane lane, ModelIsolation isolation, InferenceOptions options)
    {
        var facts = string.Join(
            '|',
            Version,
            lane.Device,
            lane.Provider.GetType().Assembly.GetName().Version,
            typeof(OrtEnv).Assembly.GetName().Version,
            RuntimeInformation.RuntimeIdentifier,
            Environment.ProcessorCount,
            options.CpuThreads,
            options.WeightPacking,
            options.KeepPackedWeights,
            isolation);
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(facts)).AsSpan(0, 16));
        return Path.Combine(model.DerivedDirectory, $"memory-{key}.json");
    }
}
