namespace EdgeAI.Configuration;

/// <summary>Where models are run.</summary>
public enum ModelIsolation
{
    /// <summary>In the app's own process: fastest. A model that aborts in native code ends the app.</summary>
    InProcess = 0,

    /// <summary>Each model in a worker process of its own, which may die without the app. Runs of one model go one after the other; tensors go through shared memory.</summary>
    OutOfProcess = 1,
}
