using System.Diagnostics;
using EdgeAI.AspNetCore.Configuration;
using EdgeAI.AspNetCore.Protocol;
using EdgeAI.AspNetCore.Serving;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EdgeAI.AspNetCore.Rest;

/// <summary>POST /v2/models/{name}[/versions/{version}]/infer.</summary>
internal sealed class InferEndpoint(ServedModels models, InferenceRunner runner, ServingLimits limits)
{
    public const string PathName = "path";
    public const string Verb = "infer";

    public async Task InferAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var path = ModelPath.Parse((string?)context.GetRouteValue(PathName), Verb);
        if (path.Verb.Length == 0)
        {
            throw ProtocolException.NotFound("There is nothing here to post to; inference requests go to …/infer.");
        }

        var model = await models.EnterAsync(path.Name, path.Version, cancellationToken).ConfigureAwait(false);
        try
        {
            await InferAsync(context, model, cancellationToken).ConfigureAwait(false);
            model.Counters.NoteSuccess(Stopwatch.GetTimestamp() - started);
        }
        catch
        {
            model.Counters.Note(RequestStage.Fail, Stopwatch.GetTimestamp() - started);
            throw;
        }
        finally
        {
            model.Exit();
        }
    }

    private async Task InferAsync(HttpContext context, ServedModel model, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var request = await InferRequestReader.ReadAsync(context, limits, cancellationToken).ConfigureAwait(false);
        OutputNames.Check(model.Lease.Signature, request.OutputNames);
        model.Counters.Note(RequestStage.Input, Stopwatch.GetTimestamp() - started);
        using var outputs = await runner.RunAsync(model, request.Inputs, request.Parameters.Wish, cancellationToken).ConfigureAwait(false);
        started = Stopwatch.GetTimestamp();
        await InferResponseWriter.WriteAsync(context.Response, model, request, outputs, cancellationToken).ConfigureAwait(false);
        model.Counters.Note(RequestStage.Output, Stopwatch.GetTimestamp() - started);
    }
}
