using EdgeAI.Inference;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Onnx;

namespace EdgeAI.Testing.Catalogue;

/// <summary>A small model that ONNX Runtime loads and runs, with inputs to run it on.</summary>
public sealed class TestModel
{
    private readonly Lazy<byte[]> _content;
    private readonly Lazy<IReadOnlyDictionary<string, byte[]>> _externalFiles;
    private readonly Func<ModelInputs> _inputs;

    internal TestModel(string name, Func<OnnxModelBuilder> build, Func<ModelInputs> inputs)
    {
        Name = name;
        _content = new(() => build().Build());
        _externalFiles = new(() => build().BuildExternalFiles());
        _inputs = inputs;
    }

    /// <summary>Its name in the catalogue: lowercase words with dashes, fit for a model reference.</summary>
    public string Name { get; }

    /// <summary>The model file's name.</summary>
    public string FileName => "model.onnx";

    /// <summary>The bytes of the model file.</summary>
    public byte[] Content => _content.Value;

    /// <summary>The files that the model refers to, by path; often none.</summary>
    public IReadOnlyDictionary<string, byte[]> ExternalFiles => _externalFiles.Value;

    /// <summary>All files of the model, the model file first.</summary>
    public IEnumerable<KeyValuePair<string, byte[]>> Files => ExternalFiles.Prepend(new(FileName, Content));

    /// <summary>New inputs that the model runs on; the same values every time.</summary>
    public ModelInputs CreateInputs() => _inputs();

    /// <summary>Writes the model's files into a folder.</summary>
    /// <returns>The path of the model file.</returns>
    public string Save(TemporaryDirectory folder)
    {
        foreach (var (path, content) in Files)
        {
            folder.WriteFile(path, content);
        }

        return folder.Combine(FileName);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
