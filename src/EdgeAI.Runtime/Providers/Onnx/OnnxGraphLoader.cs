using System.Globalization;
using EdgeAI.Configuration;
using EdgeAI.Storage;
using Microsoft.ML.OnnxRuntime;

namespace EdgeAI.Providers.Onnx;

/// <summary>Makes sessions of ONNX Runtime over hot files.</summary>
/// <param name="options">How models are run.</param>
/// <param name="mappedRoom">The bytes of mapped files that memory holds; larger ones are read ahead of their runs.</param>
internal sealed class OnnxGraphLoader(InferenceOptions options, long mappedRoom)
{
    // Some of what a client takes from an answer to its next request: of a short run, and of one whose input is megabytes.
    private const int BriefMicroseconds = 300;
    private const int LongerMicroseconds = 5000;

    /// <summary>A session over an optimised graph, its weights mapped.</summary>
    /// <param name="files">The graph and its weights.</param>
    /// <param name="level">What is left to optimise.</param>
    /// <param name="isPacked">Whether weights are packed, in private memory.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <param name="configure">Says on which device; null for the processor.</param>
    /// <param name="threads">Which threads share a run.</param>
    public OnnxGraphSession Load(
        HotFiles files, GraphOptimizationLevel level, bool isPacked, CancellationToken cancellationToken, Action<SessionOptions>? configure = null, RunThreads threads = RunThreads.AsSet)
    {
        var weights = files.WeightsPath is null ? null : new MappedWeights(files.WeightsPath);
        try
        {
            return Hold(Open(files, weights, level, isPacked, CountOf(threads), AwakeMicroseconds(threads), configure, cancellationToken), files, weights);
        }
        catch
        {
            weights?.Dispose();
            throw;
        }
    }

    /// <summary>A session over an optimised graph whose packed weights are in the same file, which ONNX Runtime maps.</summary>
    /// <param name="files">The graph and its weights.</param>
    /// <param name="isBehind">Whether requests are served meanwhile, which need the other processors.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <param name="threads">Which threads share a run.</param>
    public OnnxGraphSession LoadPacked(HotFiles files, bool isBehind, CancellationToken cancellationToken, RunThreads threads = RunThreads.AsSet)
    {
        Action<SessionOptions>? configure = isBehind ? null : session => session.AddSessionConfigEntry("session.prepack.enable_parallel", "1");
        return Hold(Open(files, null, GraphOptimizationLevel.ORT_DISABLE_ALL, isPacked: true, CountOf(threads), AwakeMicroseconds(threads), configure, cancellationToken), files, weights: null);
    }

    /// <summary>Makes a session for what it writes as it is made, and disposes it.</summary>
    /// <param name="files">The graph and its weights.</param>
    /// <param name="level">What is left to optimise.</param>
    /// <param name="isPacked">Whether weights are packed.</param>
    /// <param name="threads">How many threads may work; 0 for all.</param>
    /// <param name="configure">Says what is written.</param>
    /// <param name="cancellationToken">Cancels the making.</param>
    public static void Write(
        HotFiles files,
        GraphOptimizationLevel level,
        bool isPacked,
        int threads,
        Action<SessionOptions> configure,
        CancellationToken cancellationToken)
    {
        using var weights = files.WeightsPath is null ? null : new MappedWeights(files.WeightsPath);
        using var session = Open(files, weights, level, isPacked, threads, awakeMicroseconds: 0, configure, cancellationToken);
    }

    private int CountOf(RunThreads threads) => threads == RunThreads.One ? 1 : options.CpuThreads;

    private static int AwakeMicroseconds(RunThreads threads) =>
        threads switch { RunThreads.AwakeBriefly => BriefMicroseconds, RunThreads.AwakeLonger => LongerMicroseconds, _ => 0 };

    private OnnxGraphSession Hold(InferenceSession session, HotFiles files, MappedWeights? weights)
    {
        var mapped = files.WeightsPath is { } path ? new FileInfo(path).Length : 0;
        return new OnnxGraphSession(session, weights, mapped, weights?.Length > mappedRoom ? WeightsReadAhead.TryStart(weights) : null);
    }

    private static unsafe InferenceSession Open(
        HotFiles files,
        MappedWeights? weights,
        GraphOptimizationLevel level,
        bool isPacked,
        int threads,
        int awakeMicroseconds,
        Action<SessionOptions>? configure,
        CancellationToken cancellationToken)
    {
        using var session = new SessionOptions
        {
            GraphOptimizationLevel = level,
            IntraOpNumThreads = threads,

            // The plan would reserve room for all weights too, though nothing comes there: untouched, but counted by the heap, and by systems that promise memory only once.
            EnableMemoryPattern = weights is null or { Length: <= WeightPackingPolicy.SmallModel },
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };

        // Threads that spin within a run make it up to 1.7 times as fast; between runs they would take processors from the app for nothing, by themselves for 50 ms.
        session.AddSessionConfigEntry(
            awakeMicroseconds > 0 ? "session.intra_op.spin_duration_us" : "session.force_spinning_stop",
            awakeMicroseconds > 0 ? awakeMicroseconds.ToString(CultureInfo.InvariantCulture) : "1");
        session.AddSessionConfigEntry("session.disable_prepacking", isPacked ? "0" : "1");
        if (weights is not null)
        {
            session.AddSessionConfigEntry("session.use_external_initializer_file_buffers_directly", "1");
            OrtNative.AddExternalFile(session, HotFiles.WeightsName, weights.Data, weights.Length);
        }

        configure?.Invoke(session);
        using var cancellation = cancellationToken.Register(state => ((SessionOptions)state!).SetLoadCancellationFlag(true), session);
        return new InferenceSession(files.ModelPath, session);
    }
}
