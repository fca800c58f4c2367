namespace EdgeAI.Benchmarks.Serving.Models;

/// <summary>A model that both servers serve, and the same question put to each in its own form.</summary>
/// <param name="Name">Its name in measures, and in the EdgeAI server.</param>
/// <param name="File">The model file's name.</param>
/// <param name="Edge">The body for the EdgeAI server.</param>
/// <param name="HeaderLength">How much of it is JSON before binary tensors; 0 when all is JSON.</param>
/// <param name="Bare">The body for the hand-written endpoint.</param>
/// <param name="BareType">Its content type.</param>
internal sealed record ServedBenchmarkModel(string Name, string File, byte[] Edge, int HeaderLength, byte[] Bare, string BareType)
{
    /// <summary>How many times as long it is measured as the others: a run that takes long is seldom.</summary>
    public int SecondsFactor { get; init; } = 1;

    public string EdgePath => $"/v2/models/{Name}/infer";

    public string BarePath => $"/{Name}";
}
