using System.Text.Json;
using EdgeAI.Models;

namespace EdgeAI.Storage.Materializing;

/// <summary>What is done about hot files that are no longer what was made.</summary>
internal sealed partial class HotModels
{
    private static readonly TimeSpan DropPatience = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan DropInterval = TimeSpan.FromMilliseconds(10);

    // Whoever is asked for a model looks whether its files look as they did, and compares them with their checksums only when they do not: somebody wrote to them, or they were copied.
    private async ValueTask<string?> FindProblemAtLoadAsync(string folder, CancellationToken cancellationToken)
    {
        foreach (var written in WrittenIn(folder).Where(written => alwaysVerify || !HotStamps.Match(written)))
        {
            if (await HotChecksums.FindProblemAsync(written, cancellationToken).ConfigureAwait(false) is { } problem)
            {
                return problem;
            }

            await StampAsync(written, cancellationToken).ConfigureAwait(false);
        }

        return null;
    }

    private async ValueTask StampAsync(string folder, CancellationToken cancellationToken)
    {
        try
        {
            await HotStamps.WriteAsync(folder, HotChecksums.Read(folder), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A disk that is full or read-only does not keep a model that is whole from being used.
            LogNotStamped(logger, folder, exception);
        }
    }

    /// <summary>Drops a hot model that is damaged, so that it is made again.</summary>
    /// <returns>False when somebody uses it, or has made it again.</returns>
    private async ValueTask<bool> TryDropDamagedAsync(Digest digest, string problem, TimeSpan comparing, CancellationToken cancellationToken)
    {
        DoubtThoseThatShare(digest);

        // Others may be comparing the files just now, which takes them about as long as it took here; who uses them stays longer.
        var started = wait.Time.GetTimestamp();
        while (TryDrop(digest) is null)
        {
            if (wait.Time.GetElapsedTime(started) > DropPatience + (2 * comparing))
            {
                return false;
            }

            await Task.Delay(DropInterval, wait.Time, cancellationToken).ConfigureAwait(false);
        }

        LogDamaged(logger, digest, problem);
        return true;
    }

    // A damaged file may be other models' file as well; what they note of it says nothing of what the disk did to it.
    private void DoubtThoseThatShare(Digest digest)
    {
        var shared = ContentsOf(digest);
        foreach (var other in List().Where(other => other != digest && ContentsOf(other).Overlaps(shared)))
        {
            HotStamps.Doubt(directory.HotModel(other));
        }
    }

    private HashSet<Digest> ContentsOf(Digest digest)
    {
        try
        {
            return [.. HotChecksums.Read(directory.HotModel(digest)).Select(file => file.Content).OfType<Digest>()];
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            // Dropped in the meantime, or its record is damaged, of which a verification tells.
            return [];
        }
    }

    // A model's own file may have the name of ours; only what we wrote is read as checksums. What is still being written is nobody's yet.
    private static IEnumerable<string> WrittenIn(string folder)
    {
        var derived = Path.Combine(folder, HotModel.DerivedName);
        return !Directory.Exists(derived)
            ? [folder]
            : Directory.EnumerateDirectories(derived)
                .Where(path => !Path.GetFileName(path).StartsWith(IHotModel.StagingPrefix, StringComparison.Ordinal) && File.Exists(Path.Combine(path, HotChecksums.FileName)))
                .Prepend(folder);
    }
}
