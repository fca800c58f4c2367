using System.ComponentModel.DataAnnotations;
using EdgeAI.Providers;
using Microsoft.Extensions.Options;

namespace EdgeAI.Configuration;

/// <summary>A model that an instance has from its start.</summary>
public sealed class ModelOptions
{
    /// <summary>The model's reference, such as <c>ocr/det:v4</c>.</summary>
    [Required]
    public string Name { get; set; } = string.Empty;

    /// <summary>The file to import it from at start-up when the store has none under that name; null when it is there by other means.</summary>
    public string? Path { get; set; }

    /// <summary>
    /// The address to import it from at start-up when the store has none under that name, such as <c>hf:org/repo/model.onnx</c> or <c>https://host/model.onnx#sha256:…</c>: what
    /// <see cref="Models.ModelSource.Parse"/> takes; null when <see cref="Path"/> says where it is, or when it is there by other means.
    /// </summary>
    public string? Source { get; set; }

    /// <summary>Whether it is loaded at start-up and stays loaded.</summary>
    public bool Prewarm { get; set; }

    /// <summary>How long it stays loaded after its last lease is gone.</summary>
    /// <value>The default is null: <see cref="InferenceOptions.KeepAlive"/>. Zero unloads at once, <see cref="Timeout.InfiniteTimeSpan"/> never.</value>
    public TimeSpan? KeepAlive { get; set; }

    /// <summary>Whether it runs in the app's process or in a worker.</summary>
    /// <value>The default is null: as <see cref="InferenceOptions.Isolation"/> says.</value>
    [EnumDataType(typeof(ModelIsolation))]
    public ModelIsolation? Isolation { get; set; }

    /// <summary>Whether work goes to remote devices, unless a load or a run says otherwise.</summary>
    /// <value>The default is null: as <see cref="InferenceOptions.RemotePolicy"/> says.</value>
    [EnumDataType(typeof(RemotePolicy))]
    public RemotePolicy? RemotePolicy { get; set; }

    /// <summary>Whether its outputs are looked through for NaN.</summary>
    /// <value>The default is null: <see cref="InferenceOptions.CheckOutputs"/>.</value>
    public bool? CheckOutputs { get; set; }

    /// <summary>How requests for it are gathered into runs, unless a load says otherwise.</summary>
    /// <value>The default is null: each request is a run.</value>
    [ValidateObjectMembers]
    public BatchingOptions? Batching { get; set; }
}
