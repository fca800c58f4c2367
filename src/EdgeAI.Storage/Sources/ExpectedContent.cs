using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EdgeAI.Models;
using EdgeAI.Sources;

namespace EdgeAI.Storage.Sources;

/// <summary>What a file must be, as far as that is known before it comes.</summary>
/// <param name="Digest">The SHA-256 of its bytes.</param>
/// <param name="GitObject">Its name as a git blob: 40 lowercase hexadecimal digits.</param>
/// <param name="Length">Its bytes.</param>
internal sealed record ExpectedContent(Digest? Digest = null, string? GitObject = null, long? Length = null)
{
    private const int BufferSize = 1 << 20;

    /// <summary>Whether wrong content would be noticed.</summary>
    public bool IsCertain => Digest is not null || GitObject is not null;

    /// <summary>Reads a file, and refuses one that is something else.</summary>
    /// <exception cref="ModelSourceCorruptedException">It is something else.</exception>
    public async ValueTask RequireAsync(string path, string displayName, CancellationToken cancellationToken)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
        await using (file.ConfigureAwait(false))
        {
            if (Length is { } length && file.Length != length)
            {
                throw new ModelSourceCorruptedException(displayName, $"{length} bytes", $"{file.Length} bytes");
            }

            if (Digest is { } digest)
            {
                await RequireAsync(file, HashAlgorithmName.SHA256, [], digest.Hex, displayName, cancellationToken).ConfigureAwait(false);
            }
            else if (GitObject is { } name)
            {
                var header = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {file.Length}\0"));
                await RequireAsync(file, HashAlgorithmName.SHA1, header, name, displayName, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async ValueTask RequireAsync(FileStream file, HashAlgorithmName algorithm, byte[] header, string expected, string displayName, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(algorithm);
        hash.AppendData(header);
        var buffer = new byte[BufferSize];
        while (await file.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
        {
            hash.AppendData(buffer, 0, read);
        }

        var actual = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (actual != expected)
        {
            var kind = algorithm == HashAlgorithmName.SHA256 ? "sha256:" : "git blob ";
            throw new ModelSourceCorruptedException(displayName, kind + expected, kind + actual);
        }
    }
}
