using System.Globalization;

namespace EdgeAI.Storage.Importing.Onnx;

/// <summary>
/// A tensor as a kernel of ONNX Runtime wants it, saved beside the tensor in the same external file. Source: ONNX Runtime, <c>tensor_external_data_info.cc</c>: an entry
/// <c>prepacked_N</c> of the external data holds the kernel's name with a hash, then offset, length and a number of its own for each blob.
/// </summary>
/// <param name="Key">The entry's key.</param>
/// <param name="Kernel">The kernel's name with a hash.</param>
/// <param name="Blobs">The parts; one that is empty has a length of 0.</param>
internal sealed record PackedWeights(string Key, string Kernel, IReadOnlyList<PackedWeights.Blob> Blobs)
{
    private const string Prefix = "prepacked";

    /// <summary>Reads an entry of a tensor's external data.</summary>
    /// <returns>Null when it is of another kind, or can't be read; the tensor is whole without it.</returns>
    public static PackedWeights? Read(string key, string value)
    {
        var parts = value.Split('|');
        var blobs = new List<Blob>();
        foreach (var part in parts.Skip(1))
        {
            var fields = part.Split(';');
            if (fields.Length != 3 || !TryRead(fields[0], out var offset) || !TryRead(fields[1], out var length))
            {
                return null;
            }

            blobs.Add(new Blob(offset, length, fields[2]));
        }

        return key.StartsWith(Prefix, StringComparison.Ordinal) ? new PackedWeights(key, parts[0], blobs) : null;
    }

    /// <summary>The entry's value when its blobs lie elsewhere.</summary>
    public string WriteAt(IReadOnlyList<long> offsets) =>
        string.Join('|', Blobs.Select((blob, i) => string.Create(CultureInfo.InvariantCulture, $"{offsets[i]};{blob.Length};{blob.Checksum}")).Prepend(Kernel));

    private static bool TryRead(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    /// <summary>A run of bytes in the file of the tensor.</summary>
    internal readonly record struct Blob(long Offset, long Length, string Checksum);
}
