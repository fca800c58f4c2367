using EdgeAI.Inference;
using EdgeAI.Loading;
using EdgeAI.Models;

namespace EdgeAI.Scheduling;

/// <summary>A run of a binding. It goes to the device that the binding is bound on, while that is to be had.</summary>
internal sealed record BoundCall(ModelReference Reference, LeasedModel Model, ModelSignature Signature, IReadOnlyDictionary<string, ModelValue> Inputs, LeasedBinding Binding)
    : RunCall(Reference, Model, Signature, Inputs)
{
    private bool _isLeft;

    // Native code may still write to the memory that is bound, so that no other device may.
    public override bool CanMoveOn => !_isLeft;

    public override ModelOutputs Run(DeviceTurn turn, CancellationToken cancellationToken) => Binding.RunOn(turn.Session, turn.Lane, cancellationToken);

    public override Task<ModelOutputs>? TryRunAsync(DeviceTurn turn, TimeProvider time, CancellationToken cancellationToken) => null;

    // Outputs are the binding's, and go with it.
    public override void Discard(ModelOutputs outputs)
    {
    }

    public override void NoteLeft()
    {
        _isLeft = true;
        Binding.NoteLeft();
    }

    public override void NoteLate(ModelOutputs? outputs) => Binding.NoteLate();
}
