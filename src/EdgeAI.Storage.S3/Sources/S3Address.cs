using EdgeAI.Sources;

namespace EdgeAI.Storage.S3.Sources;

/// <summary>A bucket, and what is meant in it.</summary>
/// <param name="Scheme">What addresses begin with.</param>
/// <param name="Bucket">The bucket.</param>
/// <param name="Key">A key; of a folder what its keys begin with, which ends with <c>/</c> or is empty for the bucket's top.</param>
internal sealed record S3Address(string Scheme, string Bucket, string Key)
{
    private const int MaxBucketLength = 255;
    private const int MaxKeyLength = 1024;

    /// <summary>Whether a folder is meant, whose model is to be found.</summary>
    public bool IsFolder => Key.Length == 0 || Key.EndsWith('/');

    /// <exception cref="InvalidModelAddressException">It is not of the scheme's form.</exception>
    public static S3Address Parse(ModelAddress address)
    {
        var parts = address.Rest.StartsWith("//", StringComparison.Ordinal) ? address.Rest[2..].Split('/', 2) : [string.Empty];
        var key = parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : string.Empty;
        return IsBucket(parts[0]) && !address.Rest.Contains('?', StringComparison.Ordinal) && key.Length <= MaxKeyLength && !key.Any(char.IsControl)
            ? new S3Address(address.Scheme, parts[0], key)
            : throw new InvalidModelAddressException(
                address.ToString(),
                $"write '{address.Scheme}://bucket/folder/model.onnx', or '{address.Scheme}://bucket/folder/' for a folder with one model, with '%23', '%25' and '%3F' for '#', '%' and '?'");
    }

    /// <summary>The address of a key in the bucket.</summary>
    public string Naming(string key) => $"{Scheme}://{Bucket}/{string.Join('/', key.Split('/').Select(Uri.EscapeDataString))}";

    private static bool IsBucket(string name) =>
        name.Length is > 0 and <= MaxBucketLength && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.') && name[0] != '.';
}
