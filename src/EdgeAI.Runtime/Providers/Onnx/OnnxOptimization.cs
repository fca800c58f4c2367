using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using System.Text;
using EdgeAI.Storage;
using Microsoft.ML.OnnxRuntime;

namespace EdgeAI.Providers.Onnx;

/// <summary>
/// The optimised graph of a model, without or with its weights packed for the processor's kernels, made once and kept beside its hot files. It depends on the ONNX Runtime, on the processor (layouts follow the
/// vector width) and on nothing else that is not in the model's digest; all of that is in its folder's name, so that a stale one is never found.
/// </summary>
internal sealed class OnnxOptimization(IHotFileLayout layout)
{
    // Goes up when what is written here changes.
    private const int LayoutVersion = 2;

    private const string GraphName = "optimized.onnx";
    private const string DataName = "optimized.data";
    private const string MinExternalBytes = "4096";

    private static readonly string Key = MakeKey();

    /// <summary>The files of the optimised graph; null when it has not been made. What is not whole any more is deleted.</summary>
    /// <param name="model">The hot model.</param>
    /// <param name="isPacked">Whether the one with packed weights is wanted.</param>
    public HotFiles? Find(IHotModel model, bool isPacked)
    {
        var folder = FolderOf(model, isPacked);
        if (!Directory.Exists(folder))
        {
            return null;
        }

        if (!layout.IsWhole(folder))
        {
            Discard(model, folder);
            return null;
        }

        var weights = Path.Combine(folder, HotFiles.WeightsName);
        return new HotFiles(Path.Combine(folder, HotFiles.GraphName), File.Exists(weights) ? weights : null);
    }

    /// <summary>Makes the optimised graph. When another process makes it at the same time, one of the two is kept.</summary>
    /// <param name="model">The hot model.</param>
    /// <param name="isPacked">Whether the session's packed weights are kept with it.</param>
    /// <param name="optimize">Makes a session over the model with the given settings added, so that it writes its optimised graph, and disposes it.</param>
    /// <param name="cancellationToken">Cancels the making; nothing is left.</param>
    public async ValueTask<HotFiles> MakeAsync(IHotModel model, bool isPacked, Action<Action<SessionOptions>> optimize, CancellationToken cancellationToken)
    {
        var staging = StagingOf(model);
        var output = Path.Combine(staging, "output");
        Directory.CreateDirectory(output);
        try
        {
            var graph = Path.Combine(staging, GraphName);
            optimize(options =>
            {
                options.OptimizedModelFilePath = graph;
                options.AddSessionConfigEntry("session.optimized_model_external_initializers_file_name", DataName);
                options.AddSessionConfigEntry("session.optimized_model_external_initializers_min_size_in_bytes", MinExternalBytes);
                options.AddSessionConfigEntry("session.save_external_prepacked_constant_initializers", isPacked ? "1" : "0");
            });
            cancellationToken.ThrowIfCancellationRequested();
            await layout.LayOutAsync(graph, output, cancellationToken).ConfigureAwait(false);
            return Publish(model, isPacked, output);
        }
        finally
        {
            Directory.Delete(staging, recursive: true);
        }
    }

    private HotFiles Publish(IHotModel model, bool isPacked, string output)
    {
        try
        {
            Directory.Move(output, FolderOf(model, isPacked));
        }
        catch (IOException) when (Directory.Exists(FolderOf(model, isPacked)))
        {
            // Another process was first, with the same content.
        }

        return Find(model, isPacked) ?? throw new IOException($"'{FolderOf(model, isPacked)}' was damaged as soon as it was made.");
    }

    // Away under another name first, so that nobody finds a part of it.
    private static void Discard(IHotModel model, string folder)
    {
        try
        {
            var doomed = StagingOf(model);
            Directory.Move(folder, doomed);
            Directory.Delete(doomed, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException && !File.Exists(Path.Combine(folder, HotFiles.GraphName)))
        {
            // Another process was first.
        }
    }

    private static string StagingOf(IHotModel model) => Path.Combine(model.DerivedDirectory, IHotModel.StagingPrefix + Guid.NewGuid().ToString("N"));

    private static string FolderOf(IHotModel model, bool isPacked) => Path.Combine(model.DerivedDirectory, (isPacked ? "packed-" : "optimized-") + Key);

    private static string MakeKey()
    {
        var facts = string.Join('|', LayoutVersion, "cpu", OrtEnv.Instance().GetVersionString(), RuntimeInformation.RuntimeIdentifier, ProcessorFeatures());
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(facts)).AsSpan(0, 16));
    }

    private static string ProcessorFeatures() => string.Join(
        ',',
        RuntimeInformation.ProcessArchitecture,
        Sse41.IsSupported,
        Avx.IsSupported,
        Avx2.IsSupported,
        Fma.IsSupported,
        AvxVnni.IsSupported,
        Avx512F.IsSupported,
        Avx512BW.IsSupported,
        Avx512DQ.IsSupported,
        Avx512Vbmi.IsSupported,
        AdvSimd.IsSupported,
        Dp.IsSupported);
}
