namespace EdgeAI.Storage.S3;

/// <summary>An answer can't be the cluster's: something between has damaged it, or has answered in its place. Another try may get the right one.</summary>
internal sealed class S3AnswerException(string problem, Exception? innerException = null) : Exception(problem, innerException);
