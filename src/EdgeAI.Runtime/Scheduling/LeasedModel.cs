using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Loading;
using EdgeAI.Models;
using EdgeAI.Providers;

namespace EdgeAI.Scheduling;

/// <summary>A model as one lease holds it: on the device where it was loaded first, and on each other one that its runs were sent to. Thread-safe.</summary>
internal sealed class LeasedModel(Digest digest, ModelIsolation isolation, Func<DeviceLane, ModelRequest> request, LoadedModels models, int lanes, bool isPin)
{
    private readonly Lock _lock = new();
    private readonly SharedModel?[] _held = new SharedModel?[lanes];
    private bool _isDisposed;

    public Digest Digest => digest;

    /// <summary>Whether it runs in worker processes.</summary>
    public ModelIsolation Isolation => isolation;

    /// <summary>Whether, and when, its runs go to remote devices; null when the lease does not say.</summary>
    public RemotePolicy? RemotePolicy { get; init; }

    /// <summary>Whether the store does not have it.</summary>
    public bool IsRemoteOnly { get; init; }

    /// <summary>The model on a device, if it is held there.</summary>
    public SharedModel? Find(DeviceLane lane) => Volatile.Read(ref _held[lane.Index]);

    /// <summary>The model on a device, loaded there if need be, and held from then on.</summary>
    public async ValueTask<SharedModel> HoldAsync(DeviceLane lane, CancellationToken cancellationToken) =>
        Find(lane) ?? (await LoadAsync(lane, cancellationToken).ConfigureAwait(false)).Model;

    /// <summary>Loads the model on a device, and holds it there.</summary>
    public async ValueTask<(SharedModel Model, LoadedSession Session)> LoadAsync(DeviceLane lane, CancellationToken cancellationToken)
    {
        var (model, session) = await models.AcquireAsync(request(lane), isPin, cancellationToken).ConfigureAwait(false);
        bool isKept;
        lock (_lock)
        {
            ref var held = ref _held[lane.Index];
            isKept = !_isDisposed && held is null;
            held = isKept ? model : held;
        }

        if (!isKept)
        {
            // Another run of this lease was first, or the lease is gone.
            await models.ReleaseAsync(model, isPin).ConfigureAwait(false);
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(IModelLease));
        }

        return (model, session);
    }

    /// <summary>The same model for another holder, on one of the devices where this one has it.</summary>
    /// <exception cref="ObjectDisposedException">Nobody holds it there any more.</exception>
    public LeasedModel Share(DeviceLane lane)
    {
        var model = Find(lane) ?? throw new ObjectDisposedException(typeof(IModelLease).FullName);
        models.Hold(model);
        var shared = new LeasedModel(digest, isolation, request, models, lanes, isPin: false) { RemotePolicy = RemotePolicy, IsRemoteOnly = IsRemoteOnly };
        shared._held[lane.Index] = model;
        return shared;
    }

    public async ValueTask DisposeAsync()
    {
        SharedModel?[] held;
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            held = [.. _held];
        }

        foreach (var model in held)
        {
            if (model is not null)
            {
                await models.ReleaseAsync(model, isPin).ConfigureAwait(false);
            }
        }
    }
}
