using EdgeAI.Models;

namespace EdgeAI.Benchmarks.Store.Probes;

/// <summary>A model that the store did not take.</summary>
/// <param name="Path">Its file in the corpus.</param>
/// <param name="Reason">What the store said of it: a sentence that begins after the path.</param>
internal sealed record RefusedModel(string Path, string Reason)
{
    // The message names the whole path, which the corpus' own path stands for here.
    public static RefusedModel From(string path, InvalidModelException exception) =>
        new(path, exception.Message.Replace($"'{exception.File}' ", string.Empty, StringComparison.Ordinal));
}
