using System.Buffers;
using System.Runtime.InteropServices;
using EdgeAI.Benchmarks.Serving.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.ML.OnnxRuntime;

namespace EdgeAI.Benchmarks.Serving.Servers;

/// <summary>A process that serves the models as one would by hand: an endpoint for each, around a session of ONNX Runtime.</summary>
internal static class BareServer
{
    public const string Command = "serve-bare";

    public static async Task<int> RunAsync(string models)
    {
        var app = ServerLifetime.CreateBuilder().Build();
        var silero = new InferenceSession(Path.Combine(models, BenchmarkModels.SileroFile));
        app.MapPost(BenchmarkModels.Silero.BarePath, (SileroRequest request) => Listen(silero, request));
        MapBinary(app, BenchmarkModels.Detection.BarePath, Path.Combine(models, BenchmarkModels.DetectionFile), [1, 3, BenchmarkModels.Side, BenchmarkModels.Side]);
        MapBinary(app, BenchmarkModels.Classifier.BarePath, Path.Combine(models, BenchmarkModels.ClassifierFile), [1, BenchmarkModels.Width]);
        return await ServerLifetime.RunAsync(app);
    }

    private static SileroResponse Listen(InferenceSession session, SileroRequest request)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(request.Input, [1, BenchmarkModels.Window]);
        using var state = OrtValue.CreateTensorValueFromMemory(request.State, [2, 1, 128]);
        using var rate = OrtValue.CreateTensorValueFromMemory(new[] { request.Sr }, []);
        using var options = new RunOptions();
        using var outputs = session.Run(options, ["input", "state", "sr"], [input, state, rate], ["output", "stateN"]);
        return new SileroResponse(outputs[0].GetTensorDataAsSpan<float>().ToArray(), outputs[1].GetTensorDataAsSpan<float>().ToArray());
    }

    private static void MapBinary(WebApplication app, string path, string file, long[] shape)
    {
        var session = new InferenceSession(file);
        var (input, output) = (session.InputNames[0], session.OutputNames[0]);
        app.MapPost(path, async (HttpContext context) =>
        {
            var bytes = new byte[context.Request.ContentLength!.Value];
            await context.Request.Body.ReadExactlyAsync(bytes);
            using var tensor = OrtValue.CreateTensorValueFromMemory(MemoryMarshal.Cast<byte, float>(bytes).ToArray(), shape);
            using var options = new RunOptions();
            using var outputs = session.Run(options, [input], [tensor], [output]);
            Write(context.Response, outputs[0]);
            await context.Response.BodyWriter.FlushAsync();
        });
    }

    private static void Write(HttpResponse response, OrtValue output)
    {
        var bytes = MemoryMarshal.AsBytes(output.GetTensorDataAsSpan<float>());
        response.ContentType = "application/octet-stream";
        response.ContentLength = bytes.Length;
        response.BodyWriter.Write(bytes);
    }

    private sealed record SileroRequest(float[] Input, float[] State, long Sr);

    private sealed record SileroResponse(float[] Output, float[] StateN);
}
