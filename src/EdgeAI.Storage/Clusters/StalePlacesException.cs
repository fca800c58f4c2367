namespace EdgeAI.Storage.Clusters;

/// <summary>Chunks are not where a cluster's plan says, or are damaged there: they may be elsewhere.</summary>
internal sealed class StalePlacesException(string message, Exception? innerException = null) : Exception(message, innerException);
