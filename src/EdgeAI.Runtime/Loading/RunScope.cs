using EdgeAI.Memory;
using EdgeAI.Providers;

namespace EdgeAI.Loading;

/// <summary>A run that goes on: the session stays until this is disposed, once.</summary>
internal readonly struct RunScope(LoadedModels models, SharedModel model, SessionGate gate, MemoryMeter.Step? firstRun) : IDisposable
{
    public IModelSession Session => gate.Session.Session;

    public ExecutionDevice Device => gate.Session.Device;

    public void Dispose() => models.Exit(model, gate, firstRun);
}
