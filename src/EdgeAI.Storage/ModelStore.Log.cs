using EdgeAI.Models;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Storage;

public sealed partial class ModelStore
{
    [LoggerMessage(1, LogLevel.Information, "Imported {Model} as {Digest}: {NewBytes} bytes were new.")]
    private static partial void LogImported(ILogger logger, ModelReference model, Digest digest, long newBytes);

    [LoggerMessage(2, LogLevel.Information, "Removed the name {Model}.")]
    private static partial void LogRemoved(ILogger logger, ModelReference model);

    [LoggerMessage(3, LogLevel.Information, "Collected garbage: {BytesFreed} bytes were given back.")]
    private static partial void LogCollected(ILogger logger, long bytesFreed);

    [LoggerMessage(30, LogLevel.Information, "Collected garbage on the cluster {Cluster}: {Deleted} objects of {Bytes} bytes were deleted; no name needs {Garbage}.")]
    private static partial void LogClusterCollected(ILogger logger, string cluster, int deleted, long bytes, int garbage);

    [LoggerMessage(5, LogLevel.Information, "Repaired the store: {Chunks} chunks came from the copy, {Packs} packs were written anew.")]
    private static partial void LogRepaired(ILogger logger, long chunks, int packs);

    [LoggerMessage(6, LogLevel.Information, "Packed anew: {Old} packs became {New}, {Chunks} chunks were rebased.")]
    private static partial void LogRepacked(ILogger logger, int old, int @new, long chunks);

    [LoggerMessage(4, LogLevel.Error, "Verification found damage in {Location}: {Description}")]
    private static partial void LogProblem(ILogger logger, string location, string description);

    [LoggerMessage(5, LogLevel.Warning, "The index {Path} is made anew from packs, manifests and names: {Problem}.")]
    private static partial void LogIndexDamaged(ILogger logger, string path, string problem);

    [LoggerMessage(6, LogLevel.Information, "Made the index anew: {Packs} packs, {Chunks} chunks, {Manifests} manifests, {Names} names.")]
    private static partial void LogIndexRebuilt(ILogger logger, int packs, long chunks, int manifests, int names);

    [LoggerMessage(7, LogLevel.Error, "The new index lacks what is damaged in {Location}: {Description}")]
    private static partial void LogRebuildProblem(ILogger logger, string location, string description);

    [LoggerMessage(8, LogLevel.Warning, "The import of {Model} failed after its name was set, and the name could not be set back.")]
    private static partial void LogNameStands(ILogger logger, ModelReference model, Exception exception);

    [LoggerMessage(9, LogLevel.Warning, "The object of the name {Model} was damaged, and is written again as the index has it.")]
    private static partial void LogNameRestored(ILogger logger, ModelReference model);

    [LoggerMessage(10, LogLevel.Warning, "Names in the index were not those of the store's objects, as after a crash: they are now.")]
    private static partial void LogNamesHealed(ILogger logger);

    [LoggerMessage(11, LogLevel.Information, "Signed {Model} with the key {KeyId}.")]
    private static partial void LogSigned(ILogger logger, ModelReference model, Digest keyId);

    [LoggerMessage(12, LogLevel.Information, "Pulled {Model} as {Digest}: {Bytes} bytes were moved.")]
    private static partial void LogPulled(ILogger logger, ModelReference model, Digest digest, long bytes);

    [LoggerMessage(13, LogLevel.Information, "Placed models: {Dropped} hot models were dropped, {Demoted} packs went to the cold tier and {Promoted} came back, {Bytes} bytes.")]
    private static partial void LogPlaced(ILogger logger, int dropped, int demoted, int promoted, long bytes);

    [LoggerMessage(14, LogLevel.Warning, "The model {Model} could not be laid out ahead of its use.")]
    private static partial void LogNotPrewarmed(ILogger logger, ModelReference model, Exception exception);

    [LoggerMessage(15, LogLevel.Warning, "The node {Node} is asked no more for what it has laid out of {Model}, which comes from this store's own packs: {Problem}")]
    private static partial void LogNodeGivenUp(ILogger logger, string node, ModelReference model, string problem);
}
