using System.Text.Json;
using EdgeAI.AspNetCore.Protocol;
using EdgeAI.AspNetCore.Serving;
using EdgeAI.Models;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EdgeAI.AspNetCore.Rest;

/// <summary>GET /v2/models/{name}[/versions/{version}][/ready|/stats].</summary>
internal sealed class ModelEndpoints(ServedModels models, ModelDescriptions descriptions)
{
    private const string Ready = "ready";
    private const string Stats = "stats";

    public Task GetAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var path = ModelPath.Parse((string?)context.GetRouteValue(InferEndpoint.PathName), Ready, Stats, InferEndpoint.Verb);
        return path.Verb switch
        {
            Ready => GetReadyAsync(context, path, cancellationToken),
            Stats => GetStatisticsAsync(context, path, cancellationToken),
            InferEndpoint.Verb => throw new ProtocolException(StatusCodes.Status405MethodNotAllowed, StatusCode.Unimplemented, "Inference requests are posted."),
            _ => GetMetadataAsync(context, path, cancellationToken),
        };
    }

    public Task GetAllStatisticsAsync(HttpContext context, CancellationToken cancellationToken) => WriteStatisticsAsync(context, models.Statistics, cancellationToken);

    private async Task GetMetadataAsync(HttpContext context, ModelPath path, CancellationToken cancellationToken)
    {
        var description = await descriptions.DescribeAsync(path.Name, path.Version, cancellationToken).ConfigureAwait(false);
        await RestHandler.WriteJsonAsync(
            context,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("name"u8, description.Reference.Name);
                json.WriteStartArray("versions"u8);
                foreach (var version in description.Versions)
                {
                    json.WriteStringValue(version);
                }

                json.WriteEndArray();
                json.WriteString("platform"u8, description.Platform);
                WriteTensors(json, "inputs", description.Signature.Inputs);
                WriteTensors(json, "outputs", description.Signature.Outputs);
                json.WriteEndObject();
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task GetReadyAsync(HttpContext context, ModelPath path, CancellationToken cancellationToken)
    {
        var isReady = await descriptions.IsReadyAsync(path.Name, path.Version, cancellationToken).ConfigureAwait(false);
        context.Response.StatusCode = isReady ? StatusCodes.Status200OK : StatusCodes.Status404NotFound;
        await RestHandler.WriteJsonAsync(
            context,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("name"u8, path.Name);
                json.WriteBoolean("ready"u8, isReady);
                json.WriteEndObject();
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task GetStatisticsAsync(HttpContext context, ModelPath path, CancellationToken cancellationToken)
    {
        var (reference, _) = await models.ResolveAsync(path.Name, path.Version, cancellationToken).ConfigureAwait(false);
        await WriteStatisticsAsync(context, [(reference, models.FindCounters(reference) ?? new ModelCounters())], cancellationToken).ConfigureAwait(false);
    }

    private static Task WriteStatisticsAsync(HttpContext context, IEnumerable<(ModelReference Model, ModelCounters Counters)> statistics, CancellationToken cancellationToken) =>
        RestHandler.WriteJsonAsync(
            context,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("model_stats"u8);
                foreach (var (model, counters) in statistics)
                {
                    WriteStatistics(json, model, counters);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            },
            cancellationToken);

    private static void WriteStatistics(Utf8JsonWriter json, ModelReference model, ModelCounters counters)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, model.Name);
        json.WriteString("version"u8, model.Tag ?? model.Digest.ToString());
        json.WriteNumber("last_inference"u8, counters.LastInference);
        json.WriteNumber("inference_count"u8, counters.Inferences);
        json.WriteNumber("execution_count"u8, counters.Executions);
        json.WriteStartObject("inference_stats"u8);
        foreach (var (name, stage) in ModelCounters.Stages)
        {
            WriteDuration(json, name, counters.CountOf(stage), counters.NanosecondsOf(stage));
        }

        json.WriteEndObject();
        json.WriteStartArray("batch_stats"u8);
        foreach (var (size, batch) in counters.Batches)
        {
            json.WriteStartObject();
            json.WriteNumber("batch_size"u8, size);
            WriteDuration(json, "compute_input", batch.Count, batch.InputNanoseconds);
            WriteDuration(json, "compute_infer", batch.Count, batch.InferNanoseconds);
            WriteDuration(json, "compute_output", batch.Count, 0);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteDuration(Utf8JsonWriter json, string name, long count, long nanoseconds)
    {
        json.WriteStartObject(name);
        json.WriteNumber("count"u8, count);
        json.WriteNumber("ns"u8, nanoseconds);
        json.WriteEndObject();
    }

    private static void WriteTensors(Utf8JsonWriter json, string property, IReadOnlyList<ModelValueInfo> values)
    {
        json.WriteStartArray(property);
        foreach (var value in values)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, value.Name);
            json.WriteString("datatype"u8, ModelDescription.DataTypeOf(value.Type));
            json.WriteStartArray("shape"u8);
            foreach (var size in ModelDescription.ShapeOf(value.Type))
            {
                json.WriteNumberValue(size);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
