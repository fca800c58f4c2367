using System.Text.Json;
using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Sources;
using EdgeAI.Storage.Manifests;

namespace EdgeAI.Storage.Sources.Ollama;

/// <summary>Models that Ollama has fetched: manifests by name, and blobs by digest. Source: the OCI image manifest, as Ollama keeps it in its models' folder.</summary>
internal sealed class OllamaScheme(SourceOptions options) : IModelSourceScheme
{
    private const string DefaultHost = "registry.ollama.ai";
    private const string DefaultNamespace = "library";
    private const string DefaultTag = "latest";
    private const string MediaTypePrefix = "application/vnd.ollama.image.";
    private const string ModelKind = "model";
    private const long MaxManifestBytes = 1 << 20;
    private const int Shown = 12;

    public IReadOnlyCollection<string> Schemes { get; } = ["ollama"];

    private string Root => options.OllamaDirectory
        ?? Environment.GetEnvironmentVariable("OLLAMA_MODELS")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".ollama", "models");

    public async ValueTask<ModelSource> OpenAsync(ModelAddress address, ModelSourceContext context, CancellationToken cancellationToken = default)
    {
        var (name, place) = ParseName(address);
        var path = Path.Combine([Root, "manifests", .. place]);
        if (!File.Exists(path))
        {
            throw new ModelSourceNotFoundException(address.ToString(), $"there is no manifest '{path}'. {ListModels()}");
        }

        if (new FileInfo(path).Length > MaxManifestBytes)
        {
            throw Malformed(address, path, $"it has more than {MaxManifestBytes} bytes");
        }

        try
        {
            using var manifest = JsonDocument.Parse(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false));
            return Read(address, name, manifest.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw Malformed(address, path, exception.Message.TrimEnd('.'));
        }
    }

    private LocalFilesSource Read(ModelAddress address, string name, JsonElement manifest)
    {
        var files = new Dictionary<string, (string, ExpectedContent)>(StringComparer.Ordinal);
        var fileName = name + ".gguf";
        foreach (var layer in manifest.GetProperty("layers").EnumerateArray())
        {
            var digest = Digest.Parse(layer.GetProperty("digest").GetString()!);
            var kind = layer.GetProperty("mediaType").GetString()!;
            var file = (Path.Combine(Root, "blobs", "sha256-" + digest.Hex), new ExpectedContent(digest, null, layer.GetProperty("size").GetInt64()));
            if (kind == MediaTypePrefix + ModelKind)
            {
                RequireDigest(address, digest);
                files.Add(files.ContainsKey(fileName) ? throw new FormatException("it has two models") : fileName, file);
            }
            else if (kind.StartsWith(MediaTypePrefix, StringComparison.Ordinal) && RelativePath.IsSafe(kind[MediaTypePrefix.Length..]) && !kind[MediaTypePrefix.Length..].Contains('/', StringComparison.Ordinal))
            {
                files.Add(FreeName(files.Keys, kind[MediaTypePrefix.Length..]), file);
            }
        }

        return files.ContainsKey(fileName) ? new LocalFilesSource(address.ToString(), fileName, files) : throw new FormatException("it names no model");
    }

    private static void RequireDigest(ModelAddress address, Digest digest)
    {
        if (address.Digest is { } wanted && wanted != digest)
        {
            throw new ModelSourceCorruptedException(address.ToString(), wanted.ToString(), digest.ToString());
        }
    }

    // What is no tool's format is text; a projector or an adapter is a model of its own.
    private static string FreeName(IEnumerable<string> taken, string kind)
    {
        var (stem, ending) = kind switch
        {
            "projector" or "adapter" => (kind, ".gguf"),
            "params" or "messages" => (kind, ".json"),
            _ => (kind, ".txt"),
        };
        var names = taken.ToHashSet(StringComparer.Ordinal);
        return Enumerable.Range(1, int.MaxValue).Select(number => number == 1 ? stem + ending : $"{stem}-{number}{ending}").First(name => !names.Contains(name));
    }

    private static (string Name, string[] Place) ParseName(ModelAddress address)
    {
        var parts = address.Rest.Split('/');
        var last = parts[^1].Split(':');
        string[] place = parts.Length switch
        {
            1 => [DefaultHost, DefaultNamespace],
            2 => [DefaultHost, parts[0]],
            _ => parts[..^1],
        };
        place = [.. place, last[0], last.Length > 1 ? last[1] : DefaultTag];
        return parts.Length <= 3 && last.Length <= 2 && place.All(part => RelativePath.IsSafe(part) && part[0] != '.')
            ? (last[0], place)
            : throw new InvalidModelAddressException(address.ToString(), "write 'ollama:name', 'ollama:name:tag' or 'ollama:namespace/name:tag', as 'ollama list' shows it");
    }

    private string ListModels()
    {
        var folder = Path.Combine(Root, "manifests", DefaultHost, DefaultNamespace);
        var known = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, ':')).Order(StringComparer.Ordinal).ToArray()
            : [];
        return known.Length == 0
            ? "Fetch it with 'ollama pull', or set OLLAMA_MODELS or Sources:OllamaDirectory to Ollama's folder."
            : $"Fetch it with 'ollama pull', or name one that is there: {string.Join(", ", known.Take(Shown))}.";
    }

    private static ModelSourceException Malformed(ModelAddress address, string path, string reason) =>
        new(address.ToString(), $"'{address}' can't be read: '{path}' is no manifest of Ollama ({reason}). Fetch the model again with 'ollama pull'.");
}
