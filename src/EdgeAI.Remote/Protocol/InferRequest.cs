using EdgeAI.Inference;
using EdgeAI.Models;

namespace EdgeAI.Remote.Protocol;

/// <summary>A run, ready to be sent to any endpoint, several times if need be.</summary>
/// <param name="Model">What the cluster calls the model.</param>
/// <param name="Inputs">Names and values; their memory is copied before the run's caller may have it back.</param>
/// <param name="Outputs">The outputs that are wanted.</param>
/// <param name="Priority">Who comes first at the server.</param>
internal sealed record InferRequest(RemoteModelName Model, IReadOnlyList<InferInput> Inputs, IReadOnlyList<string> Outputs, RunPriority Priority)
{
    /// <summary>The protocol's number for the priority; null for the server's own choice.</summary>
    public int? PriorityNumber => Priority switch
    {
        RunPriority.High => 1,
        RunPriority.Low => 3,
        _ => null,
    };

    public static InferRequest Create(RemoteModelName model, ModelSignature signature, IReadOnlyDictionary<string, ModelValue> inputs, RunPriority priority) => new(
        model,
        [.. inputs.Select(input => InferInput.Create(input.Key, input.Value.AsTensor()))],
        [.. signature.Outputs.Select(output => output.Name)],
        priority);

    /// <summary>The protocol's parameter for the time that is left, in microseconds; null when there is no end.</summary>
    public static long? TimeoutMicroseconds(TimeSpan? left) => left is { } time ? Math.Max(1, (long)Math.Min(time.TotalMicroseconds, TimeSpan.FromHours(24).TotalMicroseconds)) : null;
}
