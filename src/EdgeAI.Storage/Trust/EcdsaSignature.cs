using System.Formats.Asn1;

namespace EdgeAI.Storage.Trust;

/// <summary>The two ways in which key stores give ECDSA signatures over P-256.</summary>
internal static class EcdsaSignature
{
    private const int FieldLength = 32;

    /// <summary>A signature as r and s, 32 bytes each; null when it is neither that nor a DER sequence of the two.</summary>
    public static byte[]? ToFixedFields(byte[]? signature)
    {
        if (signature is null or { Length: 2 * FieldLength })
        {
            return signature;
        }

        try
        {
            var sequence = new AsnReader(signature, AsnEncodingRules.DER).ReadSequence();
            byte[] both = [.. ReadField(sequence), .. ReadField(sequence)];
            return both.Length == 2 * FieldLength ? both : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static byte[] ReadField(AsnReader sequence)
    {
        var field = sequence.ReadInteger();
        return field.Sign >= 0 && field.GetByteCount(isUnsigned: true) is var length and <= FieldLength
            ? [.. new byte[FieldLength - length], .. field.ToByteArray(isUnsigned: true, isBigEndian: true)]
            : [];
    }
}
