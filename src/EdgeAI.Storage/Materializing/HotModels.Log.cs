using EdgeAI.Models;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Storage.Materializing;

internal sealed partial class HotModels
{
    [LoggerMessage(31, LogLevel.Error, "The hot files of {Digest} are damaged: {Problem}. They are dropped and made again.")]
    private static partial void LogDamaged(ILogger logger, Digest digest, string problem);

    [LoggerMessage(32, LogLevel.Warning, "The hot files in {Folder} are whole, but that could not be noted: they are compared again at the next load.")]
    private static partial void LogNotStamped(ILogger logger, string folder, Exception exception);
}
