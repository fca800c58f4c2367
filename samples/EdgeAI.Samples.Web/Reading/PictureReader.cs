using EdgeAI.Inference;
using EdgeAI.Samples.Imaging;
using EdgeAI.Samples.Ocr;
using EdgeAI.Samples.Timing;
using EdgeAI.Samples.Web.Setup;

namespace EdgeAI.Samples.Web.Reading;

/// <summary>Reads pictures. The models are loaded with the first one, and held while the app runs.</summary>
internal sealed class PictureReader(IInferenceEngine engine, ModelSetup setup) : IAsyncDisposable
{
    private readonly Lazy<(OcrModels Models, OcrPipeline Pipeline)> _held = new(() =>
    {
        var timeline = new Timeline();
        var models = new OcrModels(engine, timeline, CancellationToken.None);
        return (models, new OcrPipeline(models, setup.Characters, timeline));
    });

    /// <summary>The lines in a picture, each as soon as it is read.</summary>
    public IAsyncEnumerable<TextLine> ReadAsync(Picture picture, CancellationToken cancellationToken) => _held.Value.Pipeline.ReadAsync(picture, cancellationToken);

    public ValueTask DisposeAsync() => _held.IsValueCreated ? _held.Value.Models.DisposeAsync() : ValueTask.CompletedTask;
}
