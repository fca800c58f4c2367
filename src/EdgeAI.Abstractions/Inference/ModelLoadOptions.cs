using EdgeAI.Configuration;
using EdgeAI.Providers;

namespace EdgeAI.Inference;

/// <summary>How one caller wants a model loaded.</summary>
public sealed record ModelLoadOptions
{
    /// <summary>Who comes first when loads wait for room in the memory budget: the highest, then whoever came first. A load that several share has the highest of theirs.</summary>
    /// <value>The default is 0; any number.</value>
    public int Priority { get; init; }

    /// <summary>How long the model stays loaded after its last lease is gone. It holds until another load of the model says otherwise.</summary>
    /// <value>The default is null: as the options say. Zero unloads at once, <see cref="Timeout.InfiniteTimeSpan"/> never.</value>
    public TimeSpan? KeepAlive { get; init; }

    /// <summary>The one device that it is loaded on and its runs go to by default, such as <c>cpu:0</c>.</summary>
    /// <value>The default is null: what <see cref="Configuration.InferenceOptions.PowerPolicy"/> allows.</value>
    public string? Device { get; init; }

    /// <summary>Whether work goes to remote devices. It holds for the load and for the lease's runs that do not say themselves.</summary>
    /// <value>The default is null: as <see cref="Configuration.ModelOptions.RemotePolicy"/>, otherwise <see cref="Configuration.InferenceOptions.RemotePolicy"/>, says.</value>
    public RemotePolicy? RemotePolicy { get; init; }

    /// <summary>Whether it runs in the app's process or in a worker.</summary>
    /// <value>The default is null: as <see cref="Configuration.ModelOptions.Isolation"/>, otherwise <see cref="Configuration.InferenceOptions.Isolation"/>, says.</value>
    public ModelIsolation? Isolation { get; init; }

    /// <summary>Is told when the load goes from one stage to the next, from the load's thread. Nothing is told when the model is loaded already.</summary>
    /// <value>The default is null.</value>
    public IProgress<ModelLoadProgress>? Progress { get; init; }

    /// <summary>
    /// How this caller's requests are gathered into runs with those of others who have loaded the model with equal options. Bindings are never batched.
    /// </summary>
    /// <value>The default is null: as <see cref="ModelOptions.Batching"/> says, otherwise not at all. A <see cref="BatchingOptions.MaxBatchSize"/> of 1 is not at all.</value>
    public BatchingOptions? Batching { get; init; }
}
