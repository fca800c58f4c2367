using EdgeAI.Configuration;
using EdgeAI.Sources;

namespace EdgeAI.Storage.Sources;

/// <summary>Tries again what failed in passing, after longer and longer pauses, or after the one that the server asks for.</summary>
internal sealed class DownloadRetry(SourceOptions options, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    // A server that wants to be left alone for longer is not waited for.
    private static readonly TimeSpan LongestAsked = TimeSpan.FromMinutes(5);

    /// <summary>Runs attempts until one succeeds, or too many in a row have gained nothing.</summary>
    /// <param name="displayName">What to call it in messages.</param>
    /// <param name="position">How far it is; an attempt that came further than any before starts the count anew.</param>
    /// <param name="attempt">One attempt; throws <see cref="TransientDownloadException"/> when another may help.</param>
    /// <param name="cancellationToken">Cancels all of it.</param>
    public async ValueTask<T> RunAsync<T>(string displayName, Func<long> position, Func<ValueTask<T>> attempt, CancellationToken cancellationToken)
    {
        var failures = 0;
        var furthest = position();
        while (true)
        {
            try
            {
                return await attempt().ConfigureAwait(false);
            }
            catch (TransientDownloadException exception)
            {
                failures = position() > furthest ? 1 : failures + 1;
                furthest = Math.Max(furthest, position());
                var pause = exception.After ?? PauseOf(failures);
                if (failures > options.Retries || pause > LongestAsked)
                {
                    throw new ModelSourceUnavailableException(
                        displayName,
                        $"{exception.Message} ({failures} tries without a byte gained{(exception.After is { } asked ? $"; the server asks to be left alone for {asked}" : string.Empty)}). "
                            + "Check the network and try again: what has come is kept, and is not fetched again.",
                        exception.InnerException);
                }

                await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // The jitter keeps a fleet that lost one server from coming back at one moment.
    private static TimeSpan PauseOf(int failures)
    {
        var longest = Math.Min(FirstPause.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 10)), LongestPause.TotalSeconds);
#pragma warning disable CA5394 // Nothing secret hangs on when it is.
        return TimeSpan.FromSeconds(longest * (0.5 + (Random.Shared.NextDouble() / 2)));
#pragma warning restore CA5394
    }
}
