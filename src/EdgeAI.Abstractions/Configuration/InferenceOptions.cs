using System.ComponentModel.DataAnnotations;
using EdgeAI.Providers;

namespace EdgeAI.Configuration;

/// <summary>How models are run.</summary>
public sealed class InferenceOptions
{
    /// <summary>How long a model stays loaded after its last lease is gone.</summary>
    /// <value>The default is 5 minutes; zero unloads at once, <see cref="Timeout.InfiniteTimeSpan"/> never.</value>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How many threads one run may use on the CPU.</summary>
    /// <value>The default is 0: as many as there are processors, but one where a small model is quicker so, and while there is a run for each processor. The range is 0 to 1024.</value>
    [Range(0, 1024)]
    public int CpuThreads { get; set; }

    /// <summary>Whether weights are packed for faster kernels.</summary>
    /// <value>The default is <see cref="WeightPacking.Auto"/>.</value>
    public WeightPacking WeightPacking { get; set; }

    /// <summary>
    /// Whether packed weights of large models are kept in a file beside the hot files, and mapped, rather than made anew in private memory at each load. The file holds the weights plain and
    /// packed: two to three times the weights' size on disk. Quantised models wait for it at their first load; others serve at once, and change over when it has been made behind them.
    /// </summary>
    /// <value>The default is true. False costs quantised models private memory of about their size, and float models speed with many rows.</value>
    public bool KeepPackedWeights { get; set; } = true;

    /// <summary>
    /// Which devices loads and runs may go to when they do not say themselves. With <see cref="PowerPolicy.Efficient"/> the processor's threads also sleep at once after a run, where they are otherwise awake
    /// up to 5 ms for the next one.
    /// </summary>
    /// <value>The default is <see cref="PowerPolicy.Fastest"/>.</value>
    public PowerPolicy PowerPolicy { get; set; }

    /// <summary>Whether work goes to remote devices, where there are any, when models, loads and runs do not say themselves.</summary>
    /// <value>The default is <see cref="Providers.RemotePolicy.LocalFirst"/>.</value>
    [EnumDataType(typeof(RemotePolicy))]
    public RemotePolicy RemotePolicy { get; set; }

    /// <summary>Whether a request goes to the next device when one fails. The app is told each time, by the log and by <see cref="Inference.IInferenceEngine.DeviceFailed"/>.</summary>
    /// <value>The default is true; false makes a failing device the caller's exception.</value>
    public bool AllowFallback { get; set; } = true;

    /// <summary>
    /// How long one run may go on before it counts as hung: it is stopped between two operators, and goes to the next device. One that does not stop within five seconds, on any cancellation, is left to itself: its caller gets its
    /// exception, the device is left alone until the run ends, and its place there and its memory stay the run's. It may read its inputs until then, so leave native memory of yours as it is. Each run has a
    /// thread of its own where this is set, which costs some 0.1 ms.
    /// </summary>
    /// <value>The default is null: for ever. More than zero.</value>
    public TimeSpan? RunTimeout { get; set; }

    /// <summary>
    /// Whether outputs are looked through for NaN where a run could go to another device as well. A device that gives NaN for inputs without NaN is then taken to be at fault, as one that fails is, and the
    /// next one runs; when that gives NaN too, the result is the model's own and is handed on. Floats of 16, 32 and 64 bits are looked at. Names, types and shapes are compared with the signature always.
    /// </summary>
    /// <value>The default is false: it costs a pass over all outputs.</value>
    public bool CheckOutputs { get; set; }

    /// <summary>Whether models run in the app's process or in workers, unless a model's own options or a load say otherwise.</summary>
    /// <value>The default is <see cref="ModelIsolation.InProcess"/>.</value>
    [EnumDataType(typeof(ModelIsolation))]
    public ModelIsolation Isolation { get; set; }

    /// <summary>How single devices are used, by their names, such as <c>cpu:0</c>.</summary>
    public IDictionary<string, DeviceOptions> Devices { get; } = new Dictionary<string, DeviceOptions>(StringComparer.Ordinal);

    /// <summary>Libraries with further execution providers of ONNX Runtime: the path of each by a name for it. They are loaded once a process and stay.</summary>
    public IDictionary<string, string> ProviderLibraries { get; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
