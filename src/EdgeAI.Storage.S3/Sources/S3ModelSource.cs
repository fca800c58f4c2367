using EdgeAI.Models;
using EdgeAI.Sources;

namespace EdgeAI.Storage.S3.Sources;

/// <summary>A model in a bucket: one object, with those beside it that it refers to; or a folder as it was listed, whole.</summary>
internal sealed class S3ModelSource : ModelSource
{
    private readonly ModelAddress _address;
    private readonly S3Address _place;
    private readonly string _folder;
    private readonly Dictionary<string, S3ListedFile>? _listed;
    private readonly S3SourceClient _client;
    private readonly ModelSourceContext _context;

    /// <summary>A model that is named.</summary>
    public S3ModelSource(ModelAddress address, S3Address place, S3SourceClient client, ModelSourceContext context)
        : this(address, place, place.Key[..(place.Key.LastIndexOf('/') + 1)], place.Key, null, client, context)
    {
    }

    /// <summary>A folder with one model.</summary>
    /// <param name="address">The folder's address.</param>
    /// <param name="place">The folder.</param>
    /// <param name="model">The model's key.</param>
    /// <param name="files">The folder's files.</param>
    /// <param name="client">Reads them.</param>
    /// <param name="context">What the import lends.</param>
    public S3ModelSource(ModelAddress address, S3Address place, string model, IReadOnlyList<S3ListedFile> files, S3SourceClient client, ModelSourceContext context)
        : this(address, place, place.Key, model, files, client, context)
    {
    }

    private S3ModelSource(
        ModelAddress address, S3Address place, string folder, string model, IReadOnlyList<S3ListedFile>? files, S3SourceClient client, ModelSourceContext context)
    {
        (_address, _place, _folder, _client, _context) = (address, place, folder, client, context);
        _listed = files?.ToDictionary(file => file.Key, StringComparer.Ordinal);
        FileName = model[folder.Length..];
        Companions = [.. (files ?? []).Where(file => file.Key != model).Select(file => file.Key[folder.Length..]).Order(StringComparer.Ordinal)];
    }

    public override string FileName { get; }

    public override string DisplayName => _address.ToString();

    public override IReadOnlyList<string> Companions { get; }

    public override async ValueTask<Stream> OpenAsync(string path, CancellationToken cancellationToken = default)
    {
        var isModelFile = path == FileName;
        var key = _folder + path;
        var listed = _listed?.GetValueOrDefault(key);
        if (_listed is not null && listed is null)
        {
            throw new ModelFileNotFoundException(path, DisplayName);
        }

        var file = new S3File(_client, _place, key, listed, DisplayName) { Digest = isModelFile ? _address.Digest : null, Length = listed?.Length };
        try
        {
            return await _context.FetchAsync(file, cancellationToken).ConfigureAwait(false);
        }
        catch (ModelSourceNotFoundException) when (listed is not null)
        {
            throw new ModelSourceChangedException(DisplayName, file.DisplayName);
        }
        catch (ModelSourceNotFoundException exception) when (!isModelFile)
        {
            throw new ModelFileNotFoundException(path, DisplayName, exception);
        }
    }
}
