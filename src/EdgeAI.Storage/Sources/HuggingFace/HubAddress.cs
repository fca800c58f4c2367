using EdgeAI.Sources;
using EdgeAI.Storage.Manifests;

namespace EdgeAI.Storage.Sources.HuggingFace;

/// <summary>A repository of the hub, a revision of it, and a file in it.</summary>
/// <param name="Repository">Such as <c>org/repo</c>.</param>
/// <param name="Revision">A branch, a tag or a commit.</param>
/// <param name="File">The model file's path; null when it is to be found.</param>
internal sealed record HubAddress(string Repository, string Revision, string? File)
{
    private const string DefaultRevision = "main";
    private const int MaxNameLength = 96;

    /// <exception cref="InvalidModelAddressException">It is not of the scheme's form.</exception>
    public static HubAddress Parse(ModelAddress address)
    {
        var parts = address.Rest.TrimStart('/').Split('/', 3);
        var named = parts.Length > 1 ? parts[1].Split('@', 2) : [string.Empty];
        var revision = named.Length > 1 ? Uri.UnescapeDataString(named[1]) : DefaultRevision;
        var file = parts.Length > 2 ? parts[2] : null;
        return IsName(parts[0]) && IsName(named[0]) && RelativePath.IsSafe(revision) && (file is null || RelativePath.IsSafe(file))
            ? new HubAddress($"{parts[0]}/{named[0]}", revision, file)
            : throw new InvalidModelAddressException(address.ToString(), "write 'hf:org/repo', 'hf:org/repo@revision' or 'hf:org/repo@revision/folder/file', with '%2F' for a '/' in the revision");
    }

    /// <summary>The address that names one file.</summary>
    public string Naming(string file) => $"hf:{Repository}{(Revision == DefaultRevision ? string.Empty : "@" + Uri.EscapeDataString(Revision))}/{file}";

    private static bool IsName(string name) =>
        name.Length is > 0 and <= MaxNameLength && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.') && RelativePath.IsSafe(name) && name[0] != '.';
}
