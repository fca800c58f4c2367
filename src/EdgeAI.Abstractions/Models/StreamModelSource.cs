namespace EdgeAI.Models;

internal sealed class StreamModelSource(Stream stream, string fileName) : ModelSource
{
    private bool _used;

    public override string FileName => fileName;

    public override ValueTask<Stream> OpenAsync(string path, CancellationToken cancellationToken = default)
    {
        if (path != FileName)
        {
            throw new ModelFileNotFoundException(path, FileName);
        }

        if (_used)
        {
            throw new InvalidOperationException("The stream of this model source has been read already; make a new ModelSource for each import.");
        }

        _used = true;
        return new(new BorrowedStream(stream));
    }
}
