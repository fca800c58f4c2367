using EdgeAI.Inference;
using EdgeAI.Models;
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

    public Digest Digest => Model.Digest;

    /// <summary>Runs the model on the calling thread.</summary>
    /// <exception cref="WrongResultException">What the device gave is none of the model's.</exception>
    public virtual ModelOutputs Run(DeviceTurn turn, CancellationToken cancellationToken) =>
        ResultCheck.Accept(Reference, turn.Lane.Device, Signature, turn.Session.Run(Inputs, cancellationToken));

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
}
