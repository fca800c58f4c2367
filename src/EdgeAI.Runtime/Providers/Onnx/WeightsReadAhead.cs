using System.Runtime.InteropServices;

namespace EdgeAI.Providers.Onnx;

/// <summary>
/// Brings the pages of mapped weights in ahead of the runs that read them, for a model that memory can't hold. The file stands in the order of the runs, so going through it from its beginning at each
/// run asks the disk for large pieces before pages are missed one by one. It goes as fast as the disk does, so that it is not far ahead of a run that waits for it. Thread-safe.
/// </summary>
internal sealed unsafe partial class WeightsReadAhead : IDisposable
{
    private const int Window = 4 << 20;

    // Linux 5.14: reads the pages in and maps them, and waits for it. Source: madvise(2).
    private const int PopulateRead = 22;

    private readonly byte* _data;
    private readonly long _length;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _wanted = new();
    private int _runs;
    private volatile bool _isDisposed;

    private WeightsReadAhead(MappedWeights weights)
    {
        _data = weights.Data;
        _length = weights.Length;
        _thread = new Thread(Read) { IsBackground = true, Name = "EdgeAI read-ahead" };
        _thread.Start();
    }

    /// <summary>Begins to watch the runs on a mapping, which must outlive this.</summary>
    /// <returns>Null where the system has no such call: its own reading ahead is all there is.</returns>
    public static WeightsReadAhead? TryStart(MappedWeights weights) =>
        OperatingSystem.IsLinux() && Advise(weights.Data, Window < weights.Length ? Window : (nuint)weights.Length, PopulateRead) == 0 ? new WeightsReadAhead(weights) : null;

    /// <summary>A run begins.</summary>
    public void Begin()
    {
        Interlocked.Increment(ref _runs);
        _wanted.Set();
    }

    /// <summary>A run ends; after the last one nothing is read ahead.</summary>
    public void End() => Interlocked.Decrement(ref _runs);

    public void Dispose()
    {
        _isDisposed = true;
        _wanted.Set();
        _thread.Join();
        _wanted.Dispose();
    }

    private void Read()
    {
        while (true)
        {
            _wanted.Wait();
            _wanted.Reset();
            if (_isDisposed)
            {
                return;
            }

            for (long offset = 0; offset < _length && !_isDisposed && Volatile.Read(ref _runs) > 0; offset += Window)
            {
                // What can't be read is the run's to find out.
                _ = Advise(_data + offset, (nuint)Math.Min(Window, _length - offset), PopulateRead);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(byte* start, nuint length, int advice);
}
