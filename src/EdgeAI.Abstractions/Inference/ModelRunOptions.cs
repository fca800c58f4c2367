using EdgeAI.Providers;

namespace EdgeAI.Inference;

/// <summary>How one run is wanted.</summary>
public sealed record ModelRunOptions
{
    /// <summary>Who comes first when runs wait for a device.</summary>
    /// <value>The default is <see cref="RunPriority.Normal"/>.</value>
    public RunPriority Priority { get; init; }

    /// <summary>How long the run may take from the call on, with all waiting and loading. A late run leaves the queue, or is stopped between two operators.</summary>
    /// <value>The default is null: as long as it takes. More than zero.</value>
    public TimeSpan? Deadline { get; init; }

    /// <summary>Which devices it may go to.</summary>
    /// <value>The default is null: as <see cref="Configuration.InferenceOptions.PowerPolicy"/> says.</value>
    public PowerPolicy? PowerPolicy { get; init; }

    /// <summary>Whether work goes to remote devices.</summary>
    /// <value>The default is null: as the load, the model's options or <see cref="Configuration.InferenceOptions.RemotePolicy"/> say.</value>
    public RemotePolicy? RemotePolicy { get; init; }

    /// <summary>The one device that it may go to, such as <c>cpu:0</c>; it fails rather than going elsewhere.</summary>
    /// <value>The default is null: what <see cref="PowerPolicy"/> allows.</value>
    public string? Device { get; init; }
}
