using System.Text.Json;
using EdgeAI.Models;
using EdgeAI.Storage.Durability;

namespace EdgeAI.Storage.Materializing;

/// <summary>
/// The hot files of other models, for what a new one has in common with them. Nothing is taken from them that is not compared with its checksum first. They may be dropped at
/// any time: what is linked or open stays, what is gone is made from chunks.
/// </summary>
internal sealed class HotDonors
{
    private readonly Dictionary<Digest, List<(string File, HotFileRecord Record)>> _files = [];
    private readonly Dictionary<Digest, HotDonor> _runs = [];

    /// <param name="folders">Folders of hot models.</param>
    public HotDonors(IEnumerable<string> folders)
    {
        foreach (var folder in folders)
        {
            Enter(folder);
        }
    }

    /// <summary>Finds a run of the same content.</summary>
    public HotDonor? Find(Digest content) => _runs.GetValueOrDefault(content);

    /// <summary>Gives a file of the same content a second name, when there is one that is whole.</summary>
    /// <param name="content">What the file is to be.</param>
    /// <param name="path">The second name.</param>
    /// <param name="cancellationToken">Cancels the comparing.</param>
    /// <returns>What the file is; null when there is none.</returns>
    public async ValueTask<HotFileRecord?> TryLinkAsync(Digest content, string path, CancellationToken cancellationToken)
    {
        foreach (var (file, record) in _files.GetValueOrDefault(content) ?? [])
        {
            if (await IsWholeAsync(file, record, cancellationToken).ConfigureAwait(false))
            {
                File.Delete(path);
                if (SharedFile.TryLink(file, path))
                {
                    return record;
                }
            }
        }

        return null;
    }

    // What could still be written to is not shared.
    private static async ValueTask<bool> IsWholeAsync(string file, HotFileRecord record, CancellationToken cancellationToken)
    {
        try
        {
            return SharedFile.IsReadOnly(file) && await HotChecksums.FindProblemAsync(file, record, cancellationToken).ConfigureAwait(false) is null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void Enter(string folder)
    {
        IReadOnlyList<HotFileRecord> records;
        try
        {
            records = HotChecksums.Read(folder);
        }
        catch (Exception exception) when (exception is IOException or JsonException or UnauthorizedAccessException)
        {
            // Dropped in the meantime, or damaged: a verification tells.
            return;
        }

        foreach (var record in records)
        {
            var file = Path.Combine(folder, record.Path);
            if (record.Content is { } content)
            {
                _files.TryAdd(content, []);
                _files[content].Add((file, record));
            }

            foreach (var run in record.Runs)
            {
                if (run.Content is { } part)
                {
                    _runs.TryAdd(part, new HotDonor(file, run));
                }
            }
        }
    }
}
