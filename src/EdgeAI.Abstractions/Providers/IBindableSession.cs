using EdgeAI.Inference;

namespace EdgeAI.Providers;

/// <summary>A session that can hold inputs and outputs for many runs. The engine binds other sessions by running them anew each time.</summary>
public interface IBindableSession : IModelSession
{
    /// <summary>Binds inputs, and memory for outputs.</summary>
    /// <param name="inputs">Values that the engine has checked against the signature.</param>
    /// <param name="outputs">Tensors of numbers that the engine has checked against the signature; their memory is written. Outputs that are not among them are the binding's.</param>
    /// <returns>The binding, which the engine disposes before the session; null when these values can't be bound here.</returns>
    IModelBinding? TryBind(IReadOnlyDictionary<string, ModelValue> inputs, IReadOnlyDictionary<string, TensorValue> outputs);
}
