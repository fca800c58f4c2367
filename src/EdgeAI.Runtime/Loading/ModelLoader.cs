using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Isolation;
using EdgeAI.Memory;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Scheduling;
using EdgeAI.Storage;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Loading;

/// <summary>Loads a model on a device: files made ready, bytes reserved, a session made and measured.</summary>
internal sealed partial class ModelLoader(
    IModelStore store,
    InferenceOptions options,
    MemoryUse room,
    MemoryMeter meter,
    TimeProvider time,
    ILogger logger)
{
    public async Task<LoadedSession> LoadAsync(ModelInfo info, DeviceLane lane, ModelIsolation isolation, ModelProfile profile, SharedLoad load)
    {
        var started = time.GetTimestamp();
        load.Report(ModelLoadStage.Materializing);
        var files = await MaterializeAsync(info, load).ConfigureAwait(false);
        try
        {
            var loaded = await LoadAsync(info.Reference, lane, isolation, files, profile, load).ConfigureAwait(false);
            LogLoaded(logger, info.Reference, loaded.Device, time.GetElapsedTime(started).TotalMilliseconds);
            return loaded;
        }
        catch when (files != load.HeldFiles)
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>Makes a session for a model that is elsewhere: nothing is laid out here, and nothing reserved.</summary>
    public async Task<LoadedSession> LoadRemoteAsync(ModelReference reference, ModelInfo? info, IRemoteExecutionProvider provider, ExecutionDevice device, ModelProfile profile, SharedLoad load)
    {
        var started = time.GetTimestamp();
        var manifest = info is null ? null : await store.InspectAsync(info.Reference.At(info.Digest), load.Token).ConfigureAwait(false);
        var signature = manifest?.Signature is { Outputs.Count: > 0 } known ? known : null;
        load.Report(ModelLoadStage.Loading);
        var session = await provider.CreateSessionAsync(new RemoteModel(reference, info?.Digest, signature), device, load.Token).ConfigureAwait(false);
        profile.NoteLoad(time.GetElapsedTime(started).TotalMilliseconds);
        LogLoaded(logger, reference, device, time.GetElapsedTime(started).TotalMilliseconds);
        return new LoadedSession(session, device, files: null) { Memory = session.Memory, IsMeasured = true, OwnsFiles = false };
    }

    // The store also looks whether the files are as they were. A version that is gone from it comes back from the files that were held for its leases.
    private async ValueTask<IHotModel> MaterializeAsync(ModelInfo info, SharedLoad load)
    {
        try
        {
            return await store.MaterializeAsync(info.Reference.At(info.Digest), load.Token).ConfigureAwait(false);
        }
        catch (ModelNotFoundException) when (load.HeldFiles is not null)
        {
            return load.HeldFiles;
        }
    }

    private async ValueTask<LoadedSession> LoadAsync(ModelReference reference, DeviceLane lane, ModelIsolation isolation, IHotModel files, ModelProfile profile, SharedLoad load)
    {
        var device = lane.Device;
        var expected = Expect(lane, isolation, files, profile);
        await load.ReserveAsync(expected).ConfigureAwait(false);
        load.Report(ModelLoadStage.Loading, expected);

        var started = time.GetTimestamp();
        long? created = null;
        var step = meter.Begin();
        IModelSession session;
        try
        {
            session = isolation == ModelIsolation.OutOfProcess
                ? await IsolatedSession.CreateAsync(reference, files, device, options, room, time, load.Token).ConfigureAwait(false)
                : await lane.Provider.CreateSessionAsync(files, device, load.Token).ConfigureAwait(false);
        }
        finally
        {
            created = meter.End(step);
        }

        profile.NoteLoad(time.GetElapsedTime(started).TotalMilliseconds);
        var known = session.Memory;
        var knowsItself = known.Private > 0 || known.Device > 0;
        var memory = new MemoryUse(
            knowsItself ? known.Private : Math.Max(expected.Private, created ?? 0),
            known.Mapped > 0 || knowsItself ? known.Mapped : expected.Mapped,
            knowsItself ? known.Device : expected.Device);
        if (knowsItself)
        {
            profile.Measured = new MemoryMeasurement(device, memory);
        }

        return new LoadedSession(session, device, files)
        {
            Memory = memory,
            IsMeasured = knowsItself || profile.Measured?.Device == device,
            CreatedBytes = knowsItself ? null : created,
            OwnsFiles = files != load.HeldFiles,
            Keep = () => Keep(lane, isolation, files, profile),
        };
    }

    // Measured in this process, or in an earlier one, or said by the provider, or guessed.
    private MemoryUse Expect(DeviceLane lane, ModelIsolation isolation, IHotModel files, ModelProfile profile)
    {
        if (profile.Measured is null && MemoryRecords.Find(files, lane, isolation, options) is { } record)
        {
            profile.Kept = record;
            profile.Measured = new MemoryMeasurement(lane.Device, new MemoryUse(record.Private, record.Mapped, record.Device));
            profile.NoteLoad(record.LoadMilliseconds);
        }

        return profile.Measured is { } measured && measured.Device == lane.Device
            ? measured.Use
            : isolation == ModelIsolation.OutOfProcess
            ? MemoryEstimate.OfWorker(files, lane.Device, options)
            : lane.Provider.EstimateMemory(files, lane.Device) ?? MemoryEstimate.Of(files, lane.Device, options);
    }

    private void Keep(DeviceLane lane, ModelIsolation isolation, IHotModel files, ModelProfile profile)
    {
        if (profile.Measured is not { } measured || measured.Device != lane.Device)
        {
            return;
        }

        var record = new MemoryRecord(measured.Use.Private, measured.Use.Mapped, measured.Use.Device, profile.LoadMilliseconds);
        if (profile.Kept is null || profile.Kept.IsFarFrom(record))
        {
            MemoryRecords.Save(files, lane, isolation, options, record);
            profile.Kept = record;
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Loaded {Model} on {Device} in {Milliseconds:F0} ms.")]
    private static partial void LogLoaded(ILogger logger, ModelReference model, ExecutionDevice device, double milliseconds);
}
