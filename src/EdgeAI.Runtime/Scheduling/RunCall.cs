using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Running;

namespace EdgeAI.Scheduling;

/// <summary>A run as its caller wants it.</summary>
/// <param name="Reference">What the caller calls the model.</param>
/// <param name="Model">The model, as the caller holds it.</param>
/// <param name="Signature">What the model gives.</param>
/// <param name="Inputs">Checked inputs.</param>
internal record RunCall(ModelReference Reference, LeasedModel Model, ModelSignature Signature, IReadOnlyDictionary<string, ModelValue> Inputs)
{
    private static readonly ModelRunOptions Defaults = new();

    /// <summary>How the run is wanted.</summary>
    public ModelRunOptions Options { get; init; } = Defaults;

    /// <summary>The device of the lease, for a run that names none; null for any.</summary>
    public string? Device { get; init; }

    /// <summary>Whether a full queue is an answer.</summary>
    public bool IsTry { get; init; }

    /// <summary>Whether outputs are looked through for NaN.</summary>
    public bool IsChecked { get; init; }

    /// <summary>Whether the caller waits on its thread, so that the run may take place there.</summary>
    public bool IsBlocking { get; init; }

    /// <summary>Where it goes if it may; null for the device where it is expected to finish first.</summary>
    public DeviceLane? Lane { get; init; }

    /// <summary>What it failed by at <see cref="Lane"/> already; null when it was not tried yet.</summary>
    public Exception? Failure { get; init; }

    /// <summary>When it was asked for; null when it has no deadline.</summary>
    public long? Asked { get; init; }

    public Digest Digest => Model.Digest;

    /// <summary>How the run is wanted by now: with the time that is left of its deadline.</summary>
    public ModelRunOptions OptionsLeft(TimeProvider time)
    {
        if (Options.Deadline is not { } deadline || Asked is not { } asked)
        {
            return Options;
        }

        var left = deadline - time.GetElapsedTime(asked);
        return Options with { Deadline = left > TimeSpan.Zero ? left : TimeSpan.FromTicks(1) };
    }

    /// <summary>Runs the model on the calling thread.</summary>
    /// <exception cref="WrongResultException">What the device gave is none of the model's.</exception>
    public virtual ModelOutputs Run(DeviceTurn turn, CancellationToken cancellationToken) =>
        ResultCheck.Accept(Reference, turn.Lane.Device, Signature, turn.Session.Run(Inputs, cancellationToken));

    /// <summary>Runs the model without a thread, where its session can.</summary>
    /// <returns>Null where it can't.</returns>
    /// <exception cref="WrongResultException">What the device gave is none of the model's.</exception>
    public virtual Task<ModelOutputs>? TryRunAsync(DeviceTurn turn, TimeProvider time, CancellationToken cancellationToken) =>
        turn.Session is IRemoteSession remote ? RunAsync(turn, remote, time, cancellationToken) : null;

    /// <summary>Gives outputs back that the caller does not get.</summary>
    public virtual void Discard(ModelOutputs outputs) => outputs.Dispose();

    /// <summary>Whether another device may run it when one has failed.</summary>
    public virtual bool CanMoveOn => true;

    /// <summary>The caller leaves a run that hangs.</summary>
    public virtual void NoteLeft()
    {
    }

    /// <summary>A run that the caller has left is over.</summary>
    /// <param name="outputs">What it gave; null when it failed.</param>
    public virtual void NoteLate(ModelOutputs? outputs) => outputs?.Dispose();

    private async Task<ModelOutputs> RunAsync(DeviceTurn turn, IRemoteSession session, TimeProvider time, CancellationToken cancellationToken) =>
        ResultCheck.Accept(Reference, turn.Lane.Device, Signature, await session.RunAsync(Inputs, OptionsLeft(time), cancellationToken).ConfigureAwait(false));
}
