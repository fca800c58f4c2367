using System.Globalization;
using System.Text.Json;
using EdgeAI.AspNetCore.Configuration;
using EdgeAI.AspNetCore.Management;
using EdgeAI.AspNetCore.Protocol;
using EdgeAI.AspNetCore.Rest;
using EdgeAI.Models;
using EdgeAI.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace EdgeAI.AspNetCore.Uploads;

/// <summary>/edgeai/v1/uploads: files that come in as many requests as it takes, and are imported when they are whole.</summary>
internal sealed class UploadEndpoints(UploadFolder uploads, IModelStore store, ServingLimits limits)
{
    public const string IdName = "id";

    private const string OffsetName = "Upload-Offset";
    private const string LengthName = "Upload-Length";
    private const int HashDigits = 64;

    public async Task CreateAsync(HttpContext context, CancellationToken cancellationToken)
    {
        using var body = await SmallBody.ReadAsync(context, limits, cancellationToken).ConfigureAwait(false);
        var upload = await uploads.CreateAsync(Describe(body), cancellationToken).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.Location = $"{context.Request.PathBase}{context.Request.Path}/{upload.Id}";
        await WriteAsync(context, upload, cancellationToken).ConfigureAwait(false);
    }

    public Task GetAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var upload = uploads.Find((string?)context.GetRouteValue(IdName));
        SetHeaders(context, upload);
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : WriteAsync(context, upload, cancellationToken);
    }

    public async Task AppendAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var upload = uploads.Find((string?)context.GetRouteValue(IdName));
        if (!long.TryParse(context.Request.Headers[OffsetName], NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
        {
            throw ProtocolException.Malformed($"The header {OffsetName} says where the body goes on; it is missing, or no number.");
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
        {
            feature.MaxRequestBodySize = upload.Length;
        }

        await uploads.UseAsync(
            upload,
            async () =>
            {
                // A file takes as long as its road does; who goes away ends it.
                await uploads.AppendAsync(upload, offset, context.Request.Body, context.RequestAborted).ConfigureAwait(false);
                await AnswerAsync(context, upload).ConfigureAwait(false);
            }).ConfigureAwait(false);
    }

    public async Task RemoveAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var upload = uploads.Find((string?)context.GetRouteValue(IdName));
        await uploads.UseAsync(
            upload,
            () =>
            {
                uploads.Remove(upload);
                return ValueTask.CompletedTask;
            }).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private Upload Describe(JsonDocument? body)
    {
        var model = SmallBody.FindString(body, "model") ?? throw ProtocolException.Malformed("The request has no 'model': the name that the model gets, as name:tag.");
        var length = SmallBody.FindInteger(body, "length") ?? throw ProtocolException.Malformed("The request has no 'length': how long the file is, in bytes.");
        var file = SmallBody.FindString(body, "file") ?? "model.onnx";
        var digest = SmallBody.FindString(body, "sha256");
        if (length is <= 0 || length > limits.MaxUploadBytes)
        {
            throw ProtocolException.TooLarge($"The length is {length}; it must be from 1 to {limits.MaxUploadBytes}.");
        }

        if (file.AsSpan().ContainsAny('/', '\\') || file is "" or "." or ".." || file.Length > 255)
        {
            throw ProtocolException.Malformed("'file' is no plain file name.");
        }

        return digest is not null && (digest.Length != HashDigits || !digest.All(char.IsAsciiHexDigit))
            ? throw ProtocolException.Malformed($"'sha256' is not {HashDigits} hexadecimal digits.")
            : new Upload(ManagementEndpoints.TagOf(model).ToString(), file, length, digest);
    }

    private async Task AnswerAsync(HttpContext context, Upload upload)
    {
        var offset = uploads.OffsetOf(upload);
        SetHeaders(context, upload);
        if (offset < upload.Length)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        try
        {
            await uploads.CheckAsync(upload, context.RequestAborted).ConfigureAwait(false);
            var result = await ImportAsync(upload, context.RequestAborted).ConfigureAwait(false);
            context.Response.StatusCode = StatusCodes.Status201Created;
            await RestHandler.WriteJsonAsync(context, json => ManagementJson.Write(json, result), context.RequestAborted).ConfigureAwait(false);
            uploads.Remove(upload);
        }
        catch (Exception exception) when (exception is ProtocolException or InvalidModelException)
        {
            // What is wrong with it will not get better.
            uploads.Remove(upload);
            throw;
        }
    }

    private async ValueTask<ImportResult> ImportAsync(Upload upload, CancellationToken cancellationToken)
    {
        var file = File.OpenRead(uploads.ContentOf(upload));
        await using (file.ConfigureAwait(false))
        {
            return await store.ImportAsync(upload.Model, ModelSource.FromStream(file, upload.File), progress: null, cancellationToken).ConfigureAwait(false);
        }
    }

    private void SetHeaders(HttpContext context, Upload upload)
    {
        context.Response.Headers[OffsetName] = uploads.OffsetOf(upload).ToString(CultureInfo.InvariantCulture);
        context.Response.Headers[LengthName] = upload.Length.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers.CacheControl = "no-store";
    }

    private Task WriteAsync(HttpContext context, Upload upload, CancellationToken cancellationToken) => RestHandler.WriteJsonAsync(
        context,
        json =>
        {
            json.WriteStartObject();
            json.WriteString("id"u8, upload.Id);
            json.WriteString("model"u8, upload.Model);
            json.WriteNumber("offset"u8, uploads.OffsetOf(upload));
            json.WriteNumber("length"u8, upload.Length);
            json.WriteEndObject();
        },
        cancellationToken);
}
