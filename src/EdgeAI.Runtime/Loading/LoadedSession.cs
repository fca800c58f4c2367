using EdgeAI.Providers;
using EdgeAI.Storage;

namespace EdgeAI.Loading;

/// <summary>A session, its device, and the hot files that it reads.</summary>
internal sealed class LoadedSession(IModelSession session, ExecutionDevice device, IHotModel files) : IDisposable
{
    public IModelSession Session => session;

    public ExecutionDevice Device => device;

    public void Dispose()
    {
        session.Dispose();
        files.Dispose();
    }
}
