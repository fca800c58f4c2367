using EdgeAI.Models;
using EdgeAI.Storage.Durability;
using EdgeAI.Storage.Importing.Onnx;
using EdgeAI.Storage.Reading;

namespace EdgeAI.Storage.Materializing;

/// <summary>
/// The unfinished folder of a model whose chunks are still coming: each is put to its places while it is at hand, so that a load finds nothing to decode. Whoever has it holds the model's hot lock. What is missing in the
/// end, for whatever reason, is made from the stored chunks. <see cref="Take"/> is thread-safe.
/// </summary>
internal sealed class HotAhead : IAsyncDisposable
{
    private readonly FileLock _exclusive;
    private readonly Dictionary<Digest, List<(HotAheadRun Run, int Part)>> _places = [];
    private readonly List<HotAheadFile> _files = [];
    private readonly HotRunBuffers _buffers = new();
    private volatile bool _isBroken;

    private HotAhead(FileLock exclusive, ModelManifest manifest, string unfinished, IHotSource source)
    {
        _exclusive = exclusive;
        Manifest = manifest;
        Unfinished = unfinished;
        Source = source;
        Directory.CreateDirectory(unfinished);
        Journal = new HotJournal(unfinished);
    }

    public ModelManifest Manifest { get; }

    public string Unfinished { get; }

    public IHotSource Source { get; }

    public HotJournal Journal { get; }

    /// <summary>Begins, or goes on where somebody else was interrupted.</summary>
    /// <param name="exclusive">The model's hot lock, which this gives back.</param>
    /// <param name="manifest">The model.</param>
    /// <param name="unfinished">The folder.</param>
    /// <param name="source">The model's files, of which the graph can be read already.</param>
    /// <param name="coming">The chunks that come.</param>
    /// <param name="cancellationToken">Cancels the reading of the graph.</param>
    /// <exception cref="Importing.MalformedModelException">The graph is damaged.</exception>
    public static async ValueTask<HotAhead> BeginAsync(
        FileLock exclusive,
        ModelManifest manifest,
        string unfinished,
        IHotSource source,
        IReadOnlySet<Digest> coming,
        CancellationToken cancellationToken)
    {
        HotAhead? ahead = null;
        try
        {
            ahead = new HotAhead(exclusive, manifest, unfinished, source);
            if (manifest.Format != ModelFormat.Onnx)
            {
                foreach (var file in manifest.Files)
                {
                    ahead.Expect(PlainFileWriter.PathOf(file), PlainFileWriter.PartsOf(file, source), coming);
                }
            }
            else
            {
                var plan = new WeightsPlan(await OnnxModelParser.ParseAsync(source, cancellationToken).ConfigureAwait(false), isForRuns: false);
                ahead.Expect(HotFiles.WeightsName, plan.PartsFrom(source), coming);
            }

            return ahead;
        }
        catch
        {
            if (ahead is not null)
            {
                await ahead.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    /// <summary>What must come first, so that the places of all else are known.</summary>
    public static IEnumerable<ChunkReference> FirstOf(ModelManifest manifest) => manifest.Format == ModelFormat.Onnx ? FileLayout.ResidueOf(manifest.Files[0]) : [];

    /// <summary>Puts a chunk to its places. It was compared with its name.</summary>
    public void Take(Digest chunk, ReadOnlySpan<byte> plain)
    {
        if (_isBroken || !_places.TryGetValue(chunk, out var places))
        {
            return;
        }

        try
        {
            foreach (var (run, part) in places)
            {
                run.Take(part, plain);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A full or failing disk is no reason to end the pull. Whoever makes the rest meets it again, and says so.
            _isBroken = true;
        }
    }

    /// <summary>Ends the taking, and waits for what was written so far to be on its way to the disk.</summary>
    /// <exception cref="IOException">It could not be put there.</exception>
    public async ValueTask CloseAsync()
    {
        _isBroken = true;
        foreach (var file in _files)
        {
            await file.CloseAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var file in _files)
        {
            await file.DisposeAsync().ConfigureAwait(false);
        }

        Journal.Dispose();
        _exclusive.Dispose();
    }

    // A run of which a part does not come is made later, as a whole.
    private void Expect(string path, IEnumerable<HotPart> parts, IReadOnlySet<Digest> coming)
    {
        HotAheadFile? file = null;
        foreach (var run in HotRun.Gather(parts))
        {
            if (HotContent.Of(run) is not { } content
                || !run.Parts.All(part => coming.Contains(part.Chunk!.Value.Digest))
                || Journal.Find(path, run, content, out _) is not null)
            {
                continue;
            }

            if (file is null)
            {
                var full = Path.Combine(Unfinished, path);
                Directory.CreateDirectory(Path.GetDirectoryName(full)!);
                _files.Add(file = new HotAheadFile(path, HotFolderWriter.Open(full), Journal));
            }

            var expected = new HotAheadRun(run, content, file, _buffers);
            for (var i = 0; i < run.Parts.Count; i++)
            {
                var chunk = run.Parts[i].Chunk!.Value.Digest;
                if (!_places.TryGetValue(chunk, out var places))
                {
                    _places.Add(chunk, places = []);
                }

                places.Add((expected, i));
            }
        }
    }
}
