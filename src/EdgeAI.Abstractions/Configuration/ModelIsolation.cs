namespace EdgeAI.Configuration;

/// <summary>Where models are run.</summary>
public enum ModelIsolation
{
    /// <summary>In the app's own process: fastest. A model that aborts in native code ends the app.</summary>
    InProcess = 0,

    /// <summary>
    /// Each model in a worker process of its own, which may die without the app: the run that was on ends with <see cref="Inference.ModelWorkerException"/>, or goes on on another device where there is one. Runs of one model go one after the
    /// other; tensors go through shared memory. A worker is the app's own program, held before its <c>Main</c>, with the environment that the app has; it has ONNX Runtime's devices and not those of an app's own providers. An app that is trimmed or compiled ahead of time can't have one: loads fail there.
    /// </summary>
    OutOfProcess = 1,
}
