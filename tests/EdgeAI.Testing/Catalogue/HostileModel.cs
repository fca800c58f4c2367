namespace EdgeAI.Testing.Catalogue;

/// <summary>Files that must be refused, and how.</summary>
/// <param name="Name">What is wrong with them.</param>
/// <param name="Content">The model file's bytes.</param>
/// <param name="Refusal">How they must be refused.</param>
/// <param name="ExternalFiles">Files to put beside the model, by path.</param>
public sealed record HostileModel(
    string Name,
    byte[] Content,
    HostileModelRefusal Refusal,
    IReadOnlyDictionary<string, byte[]> ExternalFiles)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
