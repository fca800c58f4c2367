using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Hashing;
using EdgeAI.Models;
using EdgeAI.Storage.Codecs;
using EdgeAI.Storage.Packs;
using EdgeAI.Storage.Reading;
using EdgeAI.Storage.Tiers;
using Microsoft.Win32.SafeHandles;

namespace EdgeAI.Storage.Clusters;

/// <summary>
/// Packs of verified chunks that are being pulled, in a folder of the model's own that outlives the process. Whoever works in it holds the pull's lock. Chunks may be added and read by
/// many threads at once.
/// </summary>
internal sealed class IncomingPacks : IChunkSource, IAsyncDisposable
{
    private const string PackSuffix = ".pack";
    private const string JournalSuffix = ".journal";
    private const string SealSuffix = ".sealed";

    private readonly string _folder;
    private readonly IChunkSource _local;
    private readonly bool _comparesNames;
    private readonly ConcurrentDictionary<Digest, (SafeFileHandle File, PackEntry Entry)> _entries = [];
    private readonly List<SafeFileHandle> _files = [];
    private readonly List<WrittenPack> _packs = [];
    private readonly SemaphoreSlim _adding = new(1);
    private PackWriter? _writer;
    private IncomingJournal? _journal;
    private Task _sealing = Task.CompletedTask;
    private int _part;
    private bool _isBroken;

    private IncomingPacks(string folder, IChunkSource local, bool comparesNames)
    {
        _comparesNames = comparesNames;
        _folder = folder;
        _local = local;
    }

    /// <summary>Stored bytes that were there at the start.</summary>
    public long Resumed { get; private set; }

    /// <summary>Opens the folder, and takes what an interrupted pull left in it.</summary>
    /// <param name="folder">The folder; made when it is not there.</param>
    /// <param name="tier">Where a finished pack is that was moved away before the pull was.</param>
    /// <param name="local">What chunks are decoded with that are not in these packs.</param>
    /// <param name="comparesNames">Whether what is read back is compared with its name, not with its checksum alone.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public static async ValueTask<IncomingPacks> OpenAsync(string folder, LocalObjects tier, IChunkSource local, bool comparesNames, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var packs = new IncomingPacks(folder, local, comparesNames);
        try
        {
            // A part that is not full is the last one, and the next chunk goes there.
            while (packs._writer is null && File.Exists(packs.PathOf(JournalSuffix)))
            {
                await packs.ResumeAsync(tier, cancellationToken).ConfigureAwait(false);
            }

            return packs;
        }
        catch
        {
            await packs.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What is there of a chunk; null when nothing is.</summary>
    public PackEntry? Find(Digest chunk) => _entries.TryGetValue(chunk, out var found) ? found.Entry : null;

    /// <summary>Adds a chunk that was verified. What is added twice is kept once.</summary>
    public async ValueTask AddAsync(Digest chunk, ChunkLocation place, ulong checksum, ReadOnlyMemory<byte> stored, CancellationToken cancellationToken)
    {
        await _adding.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_entries.ContainsKey(chunk))
            {
                return;
            }

            if (_writer is null)
            {
                await BeginAsync(null, cancellationToken).ConfigureAwait(false);
            }

            // After a failed write the file's end is not known.
            if (_isBroken)
            {
                throw new IOException("A write to the packs of this pull has failed.");
            }

            // What has failed there would fail all the rest.
            if (_sealing.IsFaulted)
            {
                await _sealing.ConfigureAwait(false);
            }

            _isBroken = true;

            // The bytes first, then the journal: what it names is there.
            await _writer!.AddAsync(chunk, place.Length, checksum, place.Codec, place.Base, stored, CancellationToken.None).ConfigureAwait(false);
            await _writer.HandOverAsync(CancellationToken.None).ConfigureAwait(false);
            _journal!.Add(_writer.Entries[^1], XxHash3.HashToUInt64(stored.Span));
            _entries[chunk] = (_files[^1], _writer.Entries[^1]);
            if (_writer.Length >= PackFormat.TargetLength)
            {
                EndPack();
            }

            _isBroken = false;
        }
        finally
        {
            _adding.Release();
        }
    }

    /// <inheritdoc/>
    public ValueTask ReadAsync(Digest chunk, Memory<byte> plain, CancellationToken cancellationToken) =>
        ReadAsync(chunk, plain, ChunkBase.MaxReadDepth, cancellationToken);

    /// <summary>Begins to put the pack that is being written on disk, beside what follows: the next chunk goes to the next one. Not beside <see cref="AddAsync"/>.</summary>
    public void EndPack()
    {
        if (_writer is null)
        {
            return;
        }

        _sealing = SealAsync(_sealing, _writer, _journal!, PathOf(SealSuffix));
        (_writer, _journal) = (null, null);
        _part++;
    }

    /// <summary>Puts the packs on disk, still in the folder.</summary>
    /// <exception cref="IOException">One could not be put there.</exception>
    public async ValueTask<IReadOnlyList<WrittenPack>> CompleteAsync()
    {
        EndPack();
        await _sealing.ConfigureAwait(false);
        return _packs;
    }

    public async ValueTask DisposeAsync()
    {
        await _sealing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _journal?.Dispose();
        if (_writer is not null)
        {
            await _writer.DisposeAsync().ConfigureAwait(false);
        }

        foreach (var file in _files)
        {
            file.Dispose();
        }

        _adding.Dispose();
    }

    private async ValueTask ReadAsync(Digest chunk, Memory<byte> plain, int depth, CancellationToken cancellationToken)
    {
        if (!_entries.TryGetValue(chunk, out var found))
        {
            await _local.ReadAsync(chunk, plain, cancellationToken).ConfigureAwait(false);
            return;
        }

        var (file, entry) = found;
        var stored = new byte[entry.StoredLength];
        var baseline = Array.Empty<byte>();
        if (entry.Base is { } needed && depth > 0)
        {
            baseline = new byte[needed.Length];
            await ReadAsync(needed.Chunk, baseline, depth - 1, cancellationToken).ConfigureAwait(false);
        }

        if (await RandomAccess.ReadAsync(file, stored, entry.Offset, cancellationToken).ConfigureAwait(false) != stored.Length
            || entry.Length != plain.Length
            || !ChunkCodecs.TryDecode(entry.Codec, stored, baseline, plain.Span)
            || XxHash3.HashToUInt64(plain.Span) != entry.Checksum
            || (_comparesNames && Digest.Of(plain.Span) != chunk))
        {
            throw new ContentCorruptedException(chunk, _folder, "it does not decode to what was pulled");
        }
    }

    private async ValueTask ResumeAsync(LocalObjects tier, CancellationToken cancellationToken)
    {
        // Packs are moved away one by one before the index knows them: what a crash left there is not fetched again.
        if (!File.Exists(PathOf(PackSuffix))
            && File.Exists(PathOf(SealSuffix))
            && Digest.TryParse(await File.ReadAllTextAsync(PathOf(SealSuffix), cancellationToken).ConfigureAwait(false), null, out var pack))
        {
            tier.TryCopy(PackFormat.KeyOf(pack), PathOf(PackSuffix));
        }

        await BeginAsync(new IncomingJournal(PathOf(JournalSuffix)), cancellationToken).ConfigureAwait(false);
        _journal!.Keep(_writer!.Entries.Count);
        foreach (var entry in _writer.Entries)
        {
            _entries[entry.Chunk] = (_files[^1], entry);
            Resumed += entry.StoredLength;
        }

        if (_writer.Length >= PackFormat.TargetLength || File.Exists(Path.Combine(_folder, NameOf(_part + 1) + JournalSuffix)))
        {
            EndPack();
        }
    }

    private async ValueTask BeginAsync(IncomingJournal? journal, CancellationToken cancellationToken)
    {
        _journal = journal ?? new IncomingJournal(PathOf(JournalSuffix));
        _writer = await PackWriter.ResumeAsync(PathOf(PackSuffix), _journal.Found, cancellationToken).ConfigureAwait(false);
        _files.Add(File.OpenHandle(PathOf(PackSuffix), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
    }

    // One after the other: the packs keep their order, and no more than one waits for the disk.
    private async Task SealAsync(Task earlier, PackWriter writer, IncomingJournal journal, string seal)
    {
        await using var _ = writer.ConfigureAwait(false);
        using var __ = journal;
        await earlier.ConfigureAwait(false);
        var pack = await writer.CompleteAsync(CancellationToken.None).ConfigureAwait(false);
        await File.WriteAllTextAsync(seal, pack.Digest.ToString()).ConfigureAwait(false);
        if (pack.Entries.Count > 0)
        {
            _packs.Add(pack);
        }
    }

    private string PathOf(string suffix) => Path.Combine(_folder, NameOf(_part) + suffix);

    private static string NameOf(int part) => part.ToString("D6", CultureInfo.InvariantCulture);
}
