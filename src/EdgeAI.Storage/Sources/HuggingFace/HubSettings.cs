using System.Net.Http.Headers;
using EdgeAI.Configuration;
using EdgeAI.Sources;

namespace EdgeAI.Storage.Sources.HuggingFace;

/// <summary>The options, completed by the variables that the hub's own tools read.</summary>
internal sealed class HubSettings
{
    private const string DefaultEndpoint = "https://huggingface.co";
    private static readonly string[] TrueValues = ["1", "ON", "YES", "TRUE"];

    private readonly Func<string, string?> _environment;
    private readonly string? _token;

    /// <param name="options">The options.</param>
    /// <param name="environment">Reads a variable; null for this process's own.</param>
    public HubSettings(HuggingFaceOptions options, Func<string, string?>? environment = null)
    {
        _environment = environment ?? Environment.GetEnvironmentVariable;
        var home = Variable("HF_HOME") ?? Path.Combine(Variable("XDG_CACHE_HOME") ?? Path.Combine(UserFolder, ".cache"), "huggingface");
        Endpoint = (options.Endpoint?.OriginalString ?? Variable("HF_ENDPOINT") ?? DefaultEndpoint).TrimEnd('/');
        CacheDirectory = options.CacheDirectory ?? Expand(Variable("HF_HUB_CACHE") ?? Variable("HUGGINGFACE_HUB_CACHE") ?? Path.Combine(home, "hub"));
        Offline = options.Offline ?? TrueValues.Contains(Variable("HF_HUB_OFFLINE"), StringComparer.OrdinalIgnoreCase);
        _token = (options.Token ?? Variable("HF_TOKEN") ?? Variable("HUGGING_FACE_HUB_TOKEN") ?? ReadToken(Expand(Variable("HF_TOKEN_PATH") ?? Path.Combine(home, "token"))))?.Trim();
    }

    public string Endpoint { get; }

    public string CacheDirectory { get; }

    public bool Offline { get; }

    public bool HasToken => !string.IsNullOrEmpty(_token);

    private static string UserFolder => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    /// <summary>What is sent to the endpoint; null when there is no token.</summary>
    /// <exception cref="ModelSourceDeniedException">The token can't be one.</exception>
    public AuthenticationHeaderValue? AuthorizationFor(string displayName) => !HasToken ? null
        : _token!.All(character => character is > ' ' and <= '~') ? new AuthenticationHeaderValue("Bearer", _token)
        : throw new ModelSourceDeniedException(displayName, "the hub's access token holds characters that no token has. Set HF_TOKEN or HuggingFace:Token anew.");

    private string? Variable(string name) => _environment(name) is { Length: > 0 } value ? value : null;

    private static string Expand(string path) => path == "~" || path.StartsWith("~/", StringComparison.Ordinal) ? UserFolder + path[1..] : path;

    private static string? ReadToken(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // No token is the rule; a repository that wants one says so.
            return null;
        }
    }
}
