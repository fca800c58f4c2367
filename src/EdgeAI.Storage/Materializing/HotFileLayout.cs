using EdgeAI.Models;
using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Importing;
using EdgeAI.Storage.Importing.Onnx;

namespace EdgeAI.Storage.Materializing;

/// <summary>Lays model files in a folder out as hot files.</summary>
internal sealed class HotFileLayout : IHotFileLayout
{
    public bool IsWhole(string directory) => HotStamps.Match(directory);

    public async ValueTask<HotFiles> LayOutAsync(string modelPath, string directory, CancellationToken cancellationToken = default)
    {
        try
        {
            using var files = new FolderHotSource(modelPath);
            var model = await OnnxModelParser.ParseAsync(files, cancellationToken, notesUses: true).ConfigureAwait(false);
            return await new HotFileWriter(model, new HotFolderWriter(directory, files), isForRuns: true).WriteAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (MalformedModelException exception)
        {
            throw new InvalidModelException(modelPath, exception.Message, exception.Offset, exception);
        }
        catch (Exception exception) when (StorageErrors.TryTranslate(exception, directory, out var translated))
        {
            throw translated;
        }
    }
}
