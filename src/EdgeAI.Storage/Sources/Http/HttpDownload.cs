using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Sources;
using EdgeAI.Transfers;

namespace EdgeAI.Storage.Sources.Http;

/// <summary>Fetches one file into a folder, goes on where an earlier attempt ended, and says that it is what it must be.</summary>
internal sealed class HttpDownload(HttpRequests requests, SourceOptions options, ModelSourceContext context, HttpCall call, ExpectedContent expected)
{
    private ExpectedContent _expected = expected;

    /// <summary>Fetches what is missing.</summary>
    /// <param name="path">The file to fetch into; what an earlier attempt left there is gone on with.</param>
    /// <param name="cancellationToken">Stops it; what has come stays.</param>
    /// <exception cref="ModelSourceException">It can't be had, or is not what it must be.</exception>
    public async ValueTask RunAsync(string path, CancellationToken cancellationToken)
    {
        var file = await PartialFile.OpenAsync(path, cancellationToken).ConfigureAwait(false);
        await using (file.ConfigureAwait(false))
        {
            // Content whose digest is known needs nobody's word that it is still the same.
            if (!file.IsComplete || !_expected.IsCertain)
            {
                var retry = new HttpRetry(options, context.Time);
                await retry.RunAsync(call.DisplayName, () => file.Length, () => TryAsync(file, cancellationToken), cancellationToken).ConfigureAwait(false);
            }
        }

        try
        {
            await _expected.RequireAsync(path, call.DisplayName, cancellationToken).ConfigureAwait(false);
        }
        catch (ModelSourceCorruptedException)
        {
            PartialFile.Delete(path);
            throw;
        }
    }

    private async ValueTask<bool> TryAsync(PartialFile file, CancellationToken cancellationToken)
    {
        using var transfer = await context.Transfers.BeginAsync(TransferDirection.Down, context.Priority, cancellationToken).ConfigureAwait(false);
        using var reply = await requests.SendAsync(AskFrom(file), transfer.Priority, cancellationToken).ConfigureAwait(false);
        Learn(reply.LinkedDigest);
        var wasComplete = file.IsComplete;
        if (await AcceptAsync(file, reply.Response, cancellationToken).ConfigureAwait(false) && wasComplete)
        {
            return true;
        }

        var body = await reply.Response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            await CopyAsync(body, file, transfer, cancellationToken).ConfigureAwait(false);
        }

        return file.Total is null || file.IsComplete ? true : throw new TransientHttpException($"the server ended after {file.Length} of {file.Total} bytes");
    }

    // Of a file that is complete the last byte is asked for again: an answer with a part says that it is still the same file.
    private HttpCall AskFrom(PartialFile file)
    {
        var from = file.IsComplete ? file.Length - 1 : file.Length;
        return from <= 0 || (file.Validator is null && !_expected.IsCertain) ? call : call with
        {
            Range = new RangeHeaderValue(from, null),
            IfRange = file.Validator is null ? null : new RangeConditionHeaderValue(new EntityTagHeaderValue(file.Validator)),
        };
    }

    // A host that points to another one says what will come from there; where two say it they must agree.
    private void Learn(Digest? linked)
    {
        if (linked is { } digest)
        {
            _expected = _expected.Digest is { } known && known != digest
                ? throw new ModelSourceCorruptedException(call.DisplayName, known.ToString(), digest.ToString())
                : _expected with { Digest = digest };
        }
    }

    /// <summary>Whether the answer goes on where the file ends; else the file begins anew.</summary>
    private async ValueTask<bool> AcceptAsync(PartialFile file, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentEncoding.Any(encoding => encoding != "identity"))
        {
            throw new ModelSourceException(call.DisplayName, $"'{call.DisplayName}' is sent compressed ({string.Join(", ", response.Content.Headers.ContentEncoding)}) though that was not asked for. Let the server send the file as it is.");
        }

        var validator = ValidatorOf(response);
        if (response.StatusCode == HttpStatusCode.OK)
        {
            RequireLength(response.Content.Headers.ContentLength);
            await file.RestartAsync(validator, response.Content.Headers.ContentLength, cancellationToken).ConfigureAwait(false);
            return false;
        }

        var range = response.Content.Headers.ContentRange;
        var from = file.IsComplete ? file.Length - 1 : file.Length;
        var isSame = response.StatusCode == HttpStatusCode.PartialContent
            && range?.From == from
            && (file.Total is null || range.Length is null || range.Length == file.Total)
            && (validator is null || file.Validator is null || validator == file.Validator);
        if (isSame)
        {
            RequireLength(range!.Length);
            return true;
        }

        await file.RestartAsync(null, null, cancellationToken).ConfigureAwait(false);
        throw new TransientHttpException("the file was changed on the server meanwhile");
    }

    private void RequireLength(long? length)
    {
        if (length > options.MaxFileBytes)
        {
            throw new ModelSourceException(
                call.DisplayName,
                string.Create(CultureInfo.InvariantCulture, $"'{call.DisplayName}' has {length} bytes, and Sources:MaxFileBytes allows {options.MaxFileBytes}. Set it higher if that is meant."));
        }

        if (length is { } known && _expected.Length is { } wanted && known != wanted)
        {
            throw new ModelSourceCorruptedException(call.DisplayName, $"{wanted} bytes", $"{known} bytes");
        }
    }

    private async ValueTask CopyAsync(Stream body, PartialFile file, ITransfer transfer, CancellationToken cancellationToken)
    {
        using var stall = new CancellationTokenSource(Timeout.InfiniteTimeSpan, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(ITransferScheduler.SliceSize);
        try
        {
            while (await ReadAsync(body, buffer.AsMemory(0, ITransferScheduler.SliceSize), stall, either.Token, cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                RequireRoom(file, read);
                await file.AppendAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                context.Progress?.Report(new ImportProgress(ImportStage.Fetching, file.Length, file.Total ?? 0));
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
        stall.CancelAfter(requests.Timeout);
        try
        {
            var read = await body.ReadAsync(buffer, either).ConfigureAwait(false);
            stall.CancelAfter(Timeout.InfiniteTimeSpan);
            return read;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            throw new TransientHttpException($"the connection broke: {exception.Message}", null, exception);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TransientHttpException($"the server sent nothing for {requests.Timeout}");
        }
    }

    // A server that did not say how much will come may send without end.
    private void RequireRoom(PartialFile file, int read)
    {
        if (file.Length + read > (file.Total ?? options.MaxFileBytes))
        {
            RequireLength(file.Length + read);
            throw new TransientHttpException($"the server sent more than the {file.Total} bytes that it promised");
        }
    }

    // What may be compared byte for byte: a strong ETag. Dates have seconds, in which a file can change twice.
    private static string? ValidatorOf(HttpResponseMessage response) => response.Headers.ETag is { IsWeak: false } tag ? tag.Tag : null;
}
