namespace EdgeAI.Benchmarks.Store.Corpora;

/// <summary>An update of the corpus: a node has one version and gets another.</summary>
/// <param name="Measure">The measure's name, such as <c>update_llm_lora</c>.</param>
/// <param name="Before">What the node has.</param>
/// <param name="After">What it gets.</param>
internal sealed record CorpusUpdate(string Measure, CorpusModel Before, CorpusModel After);
