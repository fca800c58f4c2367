using EdgeAI.Models;
using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Manifests;

namespace EdgeAI.Storage.Importing;

/// <summary>The files of a source: the model file, and those that it refers to, checked before they are opened.</summary>
internal sealed class SourceFiles(ModelSource source, string staging) : IDisposable
{
    // Each is a file that stays open while the import runs.
    private const int MaxFiles = 1024;

    private readonly List<SourceFile> _files = [];

    /// <summary>The files, the model file first.</summary>
    public IReadOnlyList<SourceFile> All => _files;

    public long TotalLength => _files.Sum(file => file.Content.Length);

    /// <summary>The model file.</summary>
    public SourceFile Model => _files[0];

    /// <summary>Opens the model file, and all that go with it.</summary>
    /// <returns>What it is; every tensor lies within its file.</returns>
    /// <exception cref="InvalidModelException">It is not a usable model.</exception>
    public async ValueTask<ParsedModel> OpenModelAsync(CancellationToken cancellationToken)
    {
        if (RelativePath.FindProblem(source.FileName) is { } problem || source.FileName.Contains('/', StringComparison.Ordinal))
        {
            throw new InvalidModelException(source.DisplayName, $"'{source.FileName}' can't be a model file's name");
        }

        await OpenAsync(source.FileName, null, cancellationToken).ConfigureAwait(false);
        try
        {
            var reader = await ModelFormats.FindReaderAsync(Model, cancellationToken).ConfigureAwait(false);
            var model = await reader.ReadAsync(this, cancellationToken).ConfigureAwait(false);
            RequireWithin(model);
            await OpenCompanionsAsync(cancellationToken).ConfigureAwait(false);
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

    /// <summary>Opens a file that the model file refers to, or that goes with it.</summary>
    /// <param name="location">Its path as the model file gives it.</param>
    /// <param name="cancellationToken">Cancels the opening.</param>
    /// <exception cref="UnsafeModelPathException">The path leaves the model's folder.</exception>
    /// <exception cref="InvalidModelException">It is the model file itself, or one file too many.</exception>
    public async ValueTask<SourceFile> OpenReferredAsync(string location, CancellationToken cancellationToken)
    {
        if (RelativePath.FindProblem(location) is { } problem)
        {
            throw new UnsafeModelPathException(source.DisplayName, location, problem);
        }

        if (location == source.FileName || _files.Count > MaxFiles)
        {
            throw new InvalidModelException(source.DisplayName, $"it refers to itself, or to more than {MaxFiles} files");
        }

        return await OpenAsync(location, location, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        foreach (var file in _files)
        {
            file.Dispose();
        }
    }

    private async ValueTask OpenCompanionsAsync(CancellationToken cancellationToken)
    {
        var referred = _files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var companion in source.Companions)
        {
            if (!referred.Contains(companion))
            {
                await OpenReferredAsync(companion, cancellationToken).ConfigureAwait(false);
                referred.Add(companion);
            }
        }
    }

    private void RequireWithin(ParsedModel model)
    {
        var files = _files.Skip(1).ToDictionary(file => file.Location!);
        foreach (var tensor in model.Tensors)
        {
            var file = tensor.Location is null ? Model : files[tensor.Location];
            if (tensor.Offset > file.Content.Length - tensor.Length)
            {
                throw new InvalidModelException(
                    source.DisplayName,
                    $"the tensor '{tensor.Name}' lies at {tensor.Offset} to {tensor.Offset + (decimal)tensor.Length} of '{file.Path}', which has {file.Content.Length} bytes");
            }
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
