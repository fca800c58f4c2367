using EdgeAI.AspNetCore.Protocol;
using EdgeAI.AspNetCore.Serving;
using EdgeAI.Models;
using EdgeAI.OpenInference.Protocol;

namespace EdgeAI.AspNetCore.Grpc;

/// <summary>Messages about models.</summary>
internal static class GrpcMessages
{
    public static ModelMetadataResponse.Types.TensorMetadata Describe(ModelValueInfo value)
    {
        var message = new ModelMetadataResponse.Types.TensorMetadata { Name = value.Name, Datatype = ModelDescription.DataTypeOf(value.Type) };
        message.Shape.AddRange(ModelDescription.ShapeOf(value.Type));
        return message;
    }

    public static RepositoryIndexResponse.Types.ModelIndex Describe(RepositoryEntry entry) =>
        new() { Name = entry.Name, Version = entry.Version, State = entry.State, Reason = entry.Reason };

    public static ModelStatistics Describe(ModelReference model, ModelCounters counters) => new()
    {
        Name = model.Name,
        Version = model.Tag ?? model.Digest.ToString(),
        LastInference = (ulong)counters.LastInference,
        InferenceCount = (ulong)counters.Inferences,
        ExecutionCount = (ulong)counters.Executions,
        InferenceStats = new InferStatistics
        {
            Success = DurationOf(counters, RequestStage.Success),
            Fail = DurationOf(counters, RequestStage.Fail),
            Queue = DurationOf(counters, RequestStage.Queue),
            ComputeInput = DurationOf(counters, RequestStage.Input),
            ComputeInfer = DurationOf(counters, RequestStage.Infer),
            ComputeOutput = DurationOf(counters, RequestStage.Output),
        },
        BatchStats = { counters.Batches.Select(batch => Describe(batch.Size, batch.Counters)) },
    };

    private static InferBatchStatistics Describe(int size, BatchCounters counters) => new()
    {
        BatchSize = (ulong)size,
        ComputeInput = new StatisticDuration { Count = (ulong)counters.Count, Ns = (ulong)counters.InputNanoseconds },
        ComputeInfer = new StatisticDuration { Count = (ulong)counters.Count, Ns = (ulong)counters.InferNanoseconds },
        ComputeOutput = new StatisticDuration { Count = (ulong)counters.Count },
    };

    private static StatisticDuration DurationOf(ModelCounters counters, RequestStage stage) =>
        new() { Count = (ulong)counters.CountOf(stage), Ns = (ulong)counters.NanosecondsOf(stage) };
}
