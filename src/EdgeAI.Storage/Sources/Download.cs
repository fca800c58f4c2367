using System.Buffers;
using System.Globalization;
using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Sources;
using EdgeAI.Transfers;

namespace EdgeAI.Storage.Sources;

/// <summary>Fetches one file into a folder, goes on where an earlier attempt ended, and says that it is what it must be.</summary>
internal sealed class Download(SourceOptions options, ModelSourceContext context, RemoteFile file, ExpectedContent expected)
{
    private ExpectedContent _expected = expected;

    /// <summary>Fetches what is missing.</summary>
    /// <param name="path">The file to fetch into; what an earlier attempt left there is gone on with.</param>
    /// <param name="cancellationToken">Stops it; what has come stays.</param>
    /// <exception cref="ModelSourceException">It can't be had, or is not what it must be.</exception>
    public async ValueTask RunAsync(string path, CancellationToken cancellationToken)
    {
        var part = await PartialFile.OpenAsync(path, cancellationToken).ConfigureAwait(false);
        await using (part.ConfigureAwait(false))
        {
            // Content whose digest is known needs nobody's word that it is still the same.
            if (!part.IsComplete || !_expected.IsCertain)
            {
                var retry = new DownloadRetry(options, context.Time);
                await retry.RunAsync(file.DisplayName, () => part.Length, () => TryAsync(part, cancellationToken), cancellationToken).ConfigureAwait(false);
            }
        }

        try
        {
            await _expected.RequireAsync(path, file.DisplayName, cancellationToken).ConfigureAwait(false);
        }
        catch (ModelSourceCorruptedException)
        {
            PartialFile.Delete(path);
            throw;
        }
    }

    private async ValueTask<bool> TryAsync(PartialFile part, CancellationToken cancellationToken)
    {
        using var transfer = await context.Transfers.BeginAsync(TransferDirection.Down, context.Priority, cancellationToken).ConfigureAwait(false);
        var from = PlaceIn(part);
        var content = await OpenAsync(from, part.Validator, transfer.Priority, cancellationToken).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            Learn(content.Digest);
            var wasComplete = part.IsComplete;
            if (await AcceptAsync(part, content, from, cancellationToken).ConfigureAwait(false) && wasComplete)
            {
                return true;
            }

            await CopyAsync(content.Stream, part, transfer, cancellationToken).ConfigureAwait(false);
        }

        return part.Total is null || part.IsComplete ? true : throw new TransientDownloadException($"the server ended after {part.Length} of {part.Total} bytes");
    }

    // Of a file that is complete the last byte is asked for again: an answer with a part says that it is still the same file.
    private long PlaceIn(PartialFile part)
    {
        var from = part.IsComplete ? part.Length - 1 : part.Length;
        return from <= 0 || (part.Validator is null && !_expected.IsCertain) ? 0 : from;
    }

    private async ValueTask<RemoteContent> OpenAsync(long from, string? validator, TransferPriority priority, CancellationToken cancellationToken)
    {
        try
        {
            return await file.OpenAsync(from, from == 0 ? null : validator, priority, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or TimeoutException)
        {
            throw new TransientDownloadException($"the server could not be asked: {exception.Message}", null, exception);
        }
    }

    // A host that points to another one says what will come from there; where two say it they must agree.
    private void Learn(Digest? linked)
    {
        if (linked is { } digest)
        {
            _expected = _expected.Digest is { } known && known != digest
                ? throw new ModelSourceCorruptedException(file.DisplayName, known.ToString(), digest.ToString())
                : _expected with { Digest = digest };
        }
    }

    /// <summary>Whether the answer goes on where the file ends; else the file begins anew.</summary>
    private async ValueTask<bool> AcceptAsync(PartialFile part, RemoteContent content, long from, CancellationToken cancellationToken)
    {
        var isSame = from > 0
            && content.Offset == from
            && (part.Total is null || content.Length is null || content.Length == part.Total)
            && (content.Validator is null || part.Validator is null || content.Validator == part.Validator);
        if (isSame)
        {
            RequireLength(content.Length);
            return true;
        }

        if (content.Offset == 0)
        {
            RequireLength(content.Length);
            await part.RestartAsync(content.Validator, content.Length, cancellationToken).ConfigureAwait(false);
            return false;
        }

        await part.RestartAsync(null, null, cancellationToken).ConfigureAwait(false);
        throw new TransientDownloadException("the file was changed on the server meanwhile");
    }

    private void RequireLength(long? length)
    {
        if (length > options.MaxFileBytes)
        {
            throw new ModelSourceException(
                file.DisplayName,
                string.Create(CultureInfo.InvariantCulture, $"'{file.DisplayName}' has {length} bytes, and Sources:MaxFileBytes allows {options.MaxFileBytes}. Set it higher if that is meant."));
        }

        if (length is { } known && _expected.Length is { } wanted && known != wanted)
        {
            throw new ModelSourceCorruptedException(file.DisplayName, $"{wanted} bytes", $"{known} bytes");
        }
    }

    private async ValueTask CopyAsync(Stream body, PartialFile part, ITransfer transfer, CancellationToken cancellationToken)
    {
        using var stall = new CancellationTokenSource(Timeout.InfiniteTimeSpan, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(ITransferScheduler.SliceSize);
        try
        {
            while (await ReadAsync(body, buffer.AsMemory(0, ITransferScheduler.SliceSize), stall, either.Token, cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                RequireRoom(part, read);
                await part.AppendAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                context.Progress?.Report(new ImportProgress(ImportStage.Fetching, part.Length, part.Total ?? 0));
                await transfer.AcquireAsync(read, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Only the server's own silence counts, not the wait for the file's turn.
    private async ValueTask<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationTokenSource stall, CancellationToken either, CancellationToken cancellationToken)
    {
        stall.CancelAfter(options.Timeout);
        try
        {
            var read = await body.ReadAsync(buffer, either).ConfigureAwait(false);
            stall.CancelAfter(Timeout.InfiniteTimeSpan);
            return read;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or TimeoutException)
        {
            throw new TransientDownloadException($"the connection broke: {exception.Message}", null, exception);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TransientDownloadException($"the server sent nothing for {options.Timeout}");
        }
    }

    // A server that did not say how much will come may send without end.
    private void RequireRoom(PartialFile part, int read)
    {
        if (part.Length + read > (part.Total ?? options.MaxFileBytes))
        {
            RequireLength(part.Length + read);
            throw new TransientDownloadException($"the server sent more than the {part.Total} bytes that it promised");
        }
    }
}
