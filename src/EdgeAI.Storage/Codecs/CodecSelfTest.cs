using System.IO.Hashing;
using System.Numerics;
using System.Runtime.InteropServices;
using EdgeAI.Storage.Codecs.Elements;

namespace EdgeAI.Storage.Codecs;

/// <summary>
/// Encodes and decodes a fixed sample with each codec, once in a process before it first writes: a processor, a runtime or a library that computes otherwise is found before
/// it has written anything. Golden: the checksums are those of the bytes that every build so far has written.
/// </summary>
internal static class CodecSelfTest
{
    /// <summary>The checksum (XXH64) of what planes of the sample are.</summary>
    public const ulong PlaneGolden = 0x6B78_4AF4_1DD3_E659;

    /// <summary>The checksum (XXH64) of what the sample is as a difference.</summary>
    public const ulong DeltaGolden = 0xC3E1_CEEE_30E0_790C;

    /// <summary>Stands for whatever bytes there are: a Zstandard frame may be written in many ways.</summary>
    private const ulong Any = 0;

    // Fewer show nothing of frequencies and contexts.
    private const int Elements = 2048;

    private static readonly Lazy<Task<(byte Codec, byte Version)?>> Failed = new(() => Task.Run(() => FindFailed(TryRun)));

    /// <summary>Begins the test, unless it has begun, so that it is done when its result is asked for: the first time it waits for its code to be compiled.</summary>
    public static void Begin() => _ = Failed.Value;

    /// <exception cref="CodecFailedException">A codec does not write what it should, or does not read what it wrote.</exception>
    public static async ValueTask RequireAsync()
    {
        if (await Failed.Value.ConfigureAwait(false) is { } failed)
        {
            throw new CodecFailedException(failed.Codec, failed.Version);
        }
    }

    /// <summary>The checksum of what a codec writes for the sample; null when it does not read that back, or does not shrink it.</summary>
    public static ulong? TryRun(byte codec)
    {
        var (baseline, plain) = MakeSample();
        var encoded = new byte[ChunkCodecs.BufferLength(plain.Length)];
        var length = codec switch
        {
            PlaneCodec.Id => new PlaneCodec(ZstdFrames.OfLevel(1)).Encode(plain, ElementForm.BFloat16, encoded),
            DeltaCodec.Id => DeltaCodec.Encode(new ChunkContent(plain, ElementForm.BFloat16) { Base = baseline, BaseForm = ElementForm.BFloat16 }, encoded),
            PrefixCodec.Id => PrefixCodec.Encode(plain, plain, encoded),
            _ => 0,
        };
        baseline = codec == PrefixCodec.Id ? plain : baseline;
        var decoded = new byte[plain.Length];
        return length > 0 && ChunkCodecs.TryDecode(codec, encoded.AsSpan(0, length), baseline, decoded) && decoded.AsSpan().SequenceEqual(plain)
            ? XxHash64.HashToUInt64(encoded.AsSpan(0, length))
            : null;
    }

    /// <summary>The first codec that fails, by what each run gave.</summary>
    public static (byte Codec, byte Version)? FindFailed(Func<byte, ulong?> run)
    {
        foreach (var (codec, version, golden) in (ReadOnlySpan<(byte, byte, ulong)>)[
            (PlaneCodec.Id, PlaneCodec.Version, PlaneGolden), (DeltaCodec.Id, DeltaCodec.Version, DeltaGolden), (PrefixCodec.Id, PrefixCodec.Version, Any)])
        {
            if (run(codec) is not { } checksum || (golden != Any && checksum != golden))
            {
                return (codec, version);
            }
        }

        return null;
    }

    // Numbers as weights have them, by integers alone: few exponents, any mantissa; then the same a few steps away.
    private static (byte[] Baseline, byte[] Plain) MakeSample()
    {
        var (baseline, plain) = (new byte[2 * Elements], new byte[2 * Elements]);
        var before = MemoryMarshal.Cast<byte, ushort>(baseline.AsSpan());
        var after = MemoryMarshal.Cast<byte, ushort>(plain.AsSpan());
        var state = 0x9E3779B9u;
        for (var i = 0; i < Elements; i++)
        {
            state = (state * 1664525) + 1013904223;
            var exponent = 120 - BitOperations.TrailingZeroCount((state >> 9) | 0x80);
            before[i] = (ushort)((state & 0x80000000) >> 16 | (uint)exponent << 7 | state >> 24 & 0x7F);
            after[i] = (ushort)(before[i] + (state >> 20 & 3));
        }

        return (baseline, plain);
    }
}
