using EdgeAI.Models;
using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Importing.Onnx;
using EdgeAI.Storage.Manifests;

namespace EdgeAI.Storage.Importing;

/// <summary>The files of a source: the model file, and those that it refers to, checked before they are opened.</summary>
internal sealed class SourceFiles(ModelSource source, string staging) : IDisposable
{
    // Each is a file that stays open while the import runs.
    private const int MaxExternalFiles = 1024;

    private readonly List<SourceFile> _files = [];

    /// <summary>The files, the model file first.</summary>
    public IReadOnlyList<SourceFile> All => _files;

    public long TotalLength => _files.Sum(file => file.Content.Length);

    public async ValueTask<OnnxModel> OpenModelAsync(CancellationToken cancellationToken)
    {
        if (RelativePath.FindProblem(source.FileName) is { } problem || source.FileName.Contains('/', StringComparison.Ordinal))
        {
            throw new InvalidModelException(source.DisplayName, $"'{source.FileName}' can't be a model file's name");
        }

        var file = await OpenAsync(source.FileName, null, cancellationToken).ConfigureAwait(false);
        try
        {
            var model = await Task.Run(() => OnnxModelParser.Parse(file.Content), cancellationToken).ConfigureAwait(false);
            await OpenExternalAsync(model, cancellationToken).ConfigureAwait(false);
            return model;
        }
        catch (MalformedModelException exception)
        {
            throw new InvalidModelException(source.DisplayName, exception.Message, exception.Offset, exception);
        }
        catch (EndOfStreamException exception)
        {
            throw new InvalidModelException(source.DisplayName, "the file is cut short", null, exception);
        }
    }

    public void Dispose()
    {
        foreach (var file in _files)
        {
            file.Dispose();
        }
    }

    private async ValueTask OpenExternalAsync(OnnxModel model, CancellationToken cancellationToken)
    {
        foreach (var group in model.Tensors.Where(tensor => tensor.Location is not null).GroupBy(tensor => tensor.Location!))
        {
            if (RelativePath.FindProblem(group.Key) is { } problem)
            {
                throw new UnsafeModelPathException(source.DisplayName, group.Key, problem);
            }

            if (group.Key == source.FileName || _files.Count > MaxExternalFiles)
            {
                throw new InvalidModelException(source.DisplayName, $"it names itself, or more than {MaxExternalFiles} files, as external data");
            }

            var file = await OpenAsync(group.Key, group.Key, cancellationToken).ConfigureAwait(false);
            foreach (var tensor in group)
            {
                RequireWithin(tensor, file);
            }
        }
    }

    private void RequireWithin(OnnxTensor tensor, SourceFile file)
    {
        if (tensor.Offset > file.Content.Length - tensor.Length)
        {
            throw new InvalidModelException(
                source.DisplayName,
                $"the tensor '{tensor.Name}' lies at {tensor.Offset} to {tensor.Offset + (decimal)tensor.Length} of '{file.Path}', which has {file.Content.Length} bytes");
        }
    }

    private async ValueTask<SourceFile> OpenAsync(string path, string? location, CancellationToken cancellationToken)
    {
        var content = await source.OpenAsync(path, cancellationToken).ConfigureAwait(false);
        if (!content.CanSeek)
        {
            await using (content.ConfigureAwait(false))
            {
                content = await SpoolAsync(content, cancellationToken).ConfigureAwait(false);
            }
        }

        var file = new SourceFile(source.DisplayName, path, location, content);
        _files.Add(file);
        return file;
    }

    private async ValueTask<Stream> SpoolAsync(Stream content, CancellationToken cancellationToken)
    {
        var spool = DurableFile.Create(Path.Combine(staging, $"{_files.Count}.source"));
        try
        {
            await content.CopyToAsync(spool, cancellationToken).ConfigureAwait(false);
            spool.Position = 0;
            return spool;
        }
        catch
        {
            await spool.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
