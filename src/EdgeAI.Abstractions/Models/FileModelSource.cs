namespace EdgeAI.Models;

internal sealed class FileModelSource : ModelSource
{
    private const int BufferSize = 1 << 16;

    private readonly string _fullPath;
    private readonly string _folder;

    public FileModelSource(string path, IReadOnlyList<string> companions)
    {
        Companions = companions;
        _fullPath = Path.GetFullPath(path);
        _folder = Path.GetDirectoryName(_fullPath) ?? _fullPath;
    }

    public override IReadOnlyList<string> Companions { get; }

    public override string FileName => Path.GetFileName(_fullPath);

    public override string DisplayName => _fullPath;

    public override ValueTask<Stream> OpenAsync(string path, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var isModelFile = path == FileName;
        var full = isModelFile ? _fullPath : Path.GetFullPath(Path.Combine(_folder, path));
        if (Directory.Exists(full))
        {
            throw new InvalidModelException(full, "it is a folder; name the model file inside it");
        }

        if (!isModelFile)
        {
            RefuseLinks(path);
        }

        try
        {
            return new(new FileStream(full, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize, FileOptions.Asynchronous));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or PathTooLongException)
        {
            throw new ModelFileNotFoundException(full, isModelFile ? null : _fullPath, exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new ModelAccessDeniedException(full, exception);
        }
    }

    // The user chose the model file, so a link there is the user's own; other paths come from the model, which nobody has vetted.
    private void RefuseLinks(string path)
    {
        var current = _folder;
        foreach (var part in path.Split('/'))
        {
            current = Path.Combine(current, part);
            if (new FileInfo(current).LinkTarget is { } target)
            {
                throw new UnsafeModelPathException(_fullPath, path, $"'{current}' is a link to '{target}'");
            }
        }
    }
}
