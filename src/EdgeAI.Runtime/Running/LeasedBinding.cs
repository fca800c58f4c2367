using EdgeAI.Inference;
using EdgeAI.Models;

namespace EdgeAI.Running;

/// <summary>A binding that uses a lease until it is disposed, and runs on one thread at a time.</summary>
internal sealed class LeasedBinding(ModelReference model, IModelBinding binding, LeaseUse use) : IModelBinding
{
    private const int Idle = 0;
    private const int Running = 1;
    private const int Disposed = 2;

    private int _state;

    public ModelOutputs Outputs => binding.Outputs;

    public void Run(CancellationToken cancellationToken = default)
    {
        // Two threads in one binding would write to the same memory, in native code too.
        var state = Interlocked.CompareExchange(ref _state, Running, Idle);
        ObjectDisposedException.ThrowIf(state == Disposed, typeof(IModelBinding));
        if (state == Running)
        {
            throw new InvalidOperationException("The binding is running on another thread; make a binding for each thread.");
        }

        try
        {
            binding.Run(cancellationToken);
        }
        catch (InferenceException exception)
        {
            throw new InferenceException(model.ToString(), exception.Device, (exception.InnerException ?? exception).Message, exception);
        }
        finally
        {
            Volatile.Write(ref _state, Idle);
        }
    }

    public void Dispose()
    {
        var state = Interlocked.CompareExchange(ref _state, Disposed, Idle);
        if (state == Running)
        {
            throw new InvalidOperationException("The binding is running on another thread; dispose it when the run is over.");
        }

        if (state == Idle)
        {
            binding.Dispose();
            use.Leave();
        }
    }
}
