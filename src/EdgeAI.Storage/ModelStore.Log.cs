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

    [LoggerMessage(5, LogLevel.Information, "Repaired the store: {Chunks} chunks came from the copy, {Packs} packs were written anew.")]
    private static partial void LogRepaired(ILogger logger, long chunks, int packs);

    [LoggerMessage(6, LogLevel.Information, "Packed anew: {Old} packs became {New}, {Chunks} chunks were rebased.")]
    private static partial void LogRepacked(ILogger logger, int old, int @new, long chunks);

    [LoggerMessage(4, LogLevel.Error, "Verification found damage in {Location}: {Description}")]
    private static partial void LogProblem(ILogger logger, string location, string description);
}
