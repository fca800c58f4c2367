namespace EdgeAI.Pipelines;

/// <summary>A stage of a pipeline failed, and with it the run, because the pipeline's options don't say what else to do.</summary>
public sealed class PipelineStageException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="failure">Which stage, with which item, and why.</param>
    public PipelineStageException(PipelineFailure failure)
        : base(
            $"The pipeline's stage '{Checked(failure).Stage}' failed: {failure.Exception.Message} The run has ended; set {nameof(PipelineOptions)}.{nameof(PipelineOptions.OnItemFailed)} to go on with the other items.",
            failure.Exception) => Failure = failure;

    /// <summary>Which stage, with which item, and why.</summary>
    public PipelineFailure Failure { get; }

    private static PipelineFailure Checked(PipelineFailure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return failure;
    }
}
