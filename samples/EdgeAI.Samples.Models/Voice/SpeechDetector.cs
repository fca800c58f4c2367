using EdgeAI.Inference;
using EdgeAI.Samples.Models;

namespace EdgeAI.Samples.Voice;

/// <summary>Says of one frame of sound after the other how likely it is speech (Silero VAD v5). For one recording; not thread-safe.</summary>
internal sealed class SpeechDetector : IDisposable
{
    /// <summary>The sample rate that the model hears.</summary>
    public const int SampleRate = 16_000;

    /// <summary>How many samples a frame has.</summary>
    public const int FrameLength = 512;

    /// <summary>What the store calls the model.</summary>
    public const string Model = "voice/vad:v5";

    // The model wants the end of the frame before in front of each frame.
    private const int ContextLength = 64;
    private const int StateLength = 128;

    private readonly IModelLease _model;
    private readonly float[] _window = new float[ContextLength + FrameLength];
    private readonly ModelInputs _inputs;
    private ModelOutputs? _previous;

    public SpeechDetector(IModelLease model)
    {
        _model = model;
        _inputs = new ModelInputs
        {
            ["input"] = TensorValue.Create(_window, 1, ContextLength + FrameLength),
            ["state"] = TensorValue.Create(new float[2 * StateLength], 2, 1, StateLength),
            ["sr"] = TensorValue.Scalar((long)SampleRate),
        };
    }

    /// <summary>The package that ships the model, under MIT.</summary>
    public static ModelPackage Package { get; } =
        new("@ricky0123/vad-web", "0.0.31", "package/dist", [new(Model, "silero_vad_v5.onnx")], []);

    /// <summary>The probability of speech in each frame of a recording at <see cref="SampleRate"/>.</summary>
    public IEnumerable<float> DetectAll(Recording recording, CancellationToken cancellationToken = default)
    {
        for (var start = 0; start < recording.Samples.Length; start += FrameLength)
        {
            yield return Detect(recording.Samples.AsSpan(start, Math.Min(FrameLength, recording.Samples.Length - start)), cancellationToken);
        }
    }

    /// <summary>The probability of speech in the next frame; a short one at the end counts as followed by silence.</summary>
    public float Detect(ReadOnlySpan<float> frame, CancellationToken cancellationToken = default)
    {
        _window.AsSpan(FrameLength).CopyTo(_window);
        frame.CopyTo(_window.AsSpan(ContextLength));
        _window.AsSpan(ContextLength + frame.Length).Clear();

        var outputs = _model.Run(_inputs, cancellationToken);

        // What this run remembers goes into the next one where it lies; only then may the run before be let go of.
        _inputs["state"] = outputs["stateN"];
        _previous?.Dispose();
        _previous = outputs;
        return outputs.GetTensor("output").Item<float>();
    }

    public void Dispose() => _previous?.Dispose();
}
