using System.Diagnostics;
using EdgeAI.AspNetCore.Hosting;
using EdgeAI.AspNetCore.Serving;
using EdgeAI.Inference;
using EdgeAI.OpenInference.Protocol;

namespace EdgeAI.AspNetCore.Grpc;

/// <summary>One inference over gRPC. It holds the outputs until its response is sent and it is disposed.</summary>
internal sealed class GrpcInference(ServingInstance instance) : IDisposable
{
    private readonly List<IDisposable> _held = [];
    private ModelOutputs? _outputs;

    public async Task<ModelInferResponse> RunAsync(ModelInferRequest request, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var version = request.ModelVersion.Length == 0 ? null : request.ModelVersion;
        var model = await instance.Models.EnterAsync(request.ModelName, version, cancellationToken).ConfigureAwait(false);
        try
        {
            var response = await RunAsync(model, request, started, cancellationToken).ConfigureAwait(false);
            model.Counters.NoteSuccess(Stopwatch.GetTimestamp() - started);
            return response;
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

    public void Dispose()
    {
        _held.ForEach(held => held.Dispose());
        _held.Clear();
        _outputs?.Dispose();
        _outputs = null;
    }

    private async Task<ModelInferResponse> RunAsync(ServedModel model, ModelInferRequest request, long started, CancellationToken cancellationToken)
    {
        var wish = GrpcParameters.Read(request.Parameters).Wish;
        var inputs = GrpcInputs.Read(request, instance.Options.Limits);
        GrpcOutputs.Check(model.Lease.Signature, request.Outputs);
        model.Counters.Note(RequestStage.Input, Stopwatch.GetTimestamp() - started);
        _outputs = await instance.Runner.RunAsync(model, inputs, wish, cancellationToken).ConfigureAwait(false);
        started = Stopwatch.GetTimestamp();
        var response = GrpcOutputs.Write(model, request, _outputs, _held);
        model.Counters.Note(RequestStage.Output, Stopwatch.GetTimestamp() - started);
        return response;
    }
}
