using System.Buffers.Binary;

namespace EdgeAI.Samples.Voice;

/// <summary>
/// Reads WAV files: RIFF chunks, of which "fmt " and "data" matter. No size in the file is believed before it is compared with the file's own.
/// </summary>
internal sealed class WavReader
{
    private const int HeaderSize = 12;
    private const int ChunkHeaderSize = 8;
    private const uint MaxDataSize = 1u << 30;
    private const int FramesPerBlock = 4096;

    private readonly string _path;
    private readonly Stream _stream;
    private WavFormat? _format;

    private WavReader(string path, Stream stream)
    {
        _path = path;
        _stream = stream;
    }

    /// <summary>Reads a file; several channels are averaged into one.</summary>
    /// <exception cref="SampleException">There is no such file.</exception>
    /// <exception cref="InvalidWavException">The file is not WAV, is cut short, or has samples of another kind.</exception>
    public static Recording Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new SampleException($"There is no file '{path}'. Check the path; --help says what goes.");
        }

        using var stream = File.OpenRead(path);
        return new WavReader(path, stream).Read();
    }

    /// <summary>Reads what somebody sent; several channels are averaged into one.</summary>
    /// <param name="stream">What was sent; it can seek.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <exception cref="InvalidWavException">It is not WAV, is cut short, or has samples of another kind.</exception>
    public static Recording Read(Stream stream, string name) => new WavReader(name, stream).Read();

    private Recording Read()
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        if (_stream.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize
            || !header.StartsWith("RIFF"u8)
            || !header[8..].SequenceEqual("WAVE"u8))
        {
            throw Invalid("it does not begin like one");
        }

        Span<byte> chunk = stackalloc byte[ChunkHeaderSize];
        while (_stream.ReadAtLeast(chunk, ChunkHeaderSize, throwOnEndOfStream: false) == ChunkHeaderSize)
        {
            var size = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (size > _stream.Length - _stream.Position)
            {
                throw Invalid($"it is cut short: {size} bytes should follow, {_stream.Length - _stream.Position} do");
            }

            if (chunk.StartsWith("data"u8))
            {
                return ReadData(size);
            }

            ReadOther(chunk, size);
        }

        throw Invalid("it has no sound in it");
    }

    private void ReadOther(ReadOnlySpan<byte> chunk, uint size)
    {
        // Chunks begin at even places.
        var next = _stream.Position + size + (size % 2);
        if (chunk.StartsWith("fmt "u8))
        {
            _format = ReadFormat(size);
        }

        _stream.Position = next;
    }

    private WavFormat ReadFormat(uint size)
    {
        if (size < WavFormat.Size)
        {
            throw Invalid($"its format takes {size} bytes, not {WavFormat.Size} or more");
        }

        var bytes = new byte[Math.Min(size, 64u)];
        _stream.ReadExactly(bytes);
        var format = WavFormat.Read(bytes);
        return format.FindProblem() is { } problem ? throw Invalid(problem) : format;
    }

    private Recording ReadData(uint size)
    {
        var format = _format ?? throw Invalid("its format does not come before its sound");
        if (size < format.BytesPerFrame || size > MaxDataSize)
        {
            throw Invalid(size > MaxDataSize ? "it has more than 1 GiB of sound" : "it has no sound in it");
        }

        var samples = new float[size / format.BytesPerFrame];
        var block = new byte[FramesPerBlock * format.BytesPerFrame];
        for (var done = 0; done < samples.Length; done += FramesPerBlock)
        {
            var count = Math.Min(FramesPerBlock, samples.Length - done);
            var bytes = block.AsSpan(0, count * format.BytesPerFrame);
            _stream.ReadExactly(bytes);
            Mix(format, bytes, samples.AsSpan(done, count));
        }

        return new Recording(samples, format.SampleRate);
    }

    private static void Mix(WavFormat format, ReadOnlySpan<byte> bytes, Span<float> samples)
    {
        foreach (ref var sample in samples)
        {
            var sum = 0f;
            for (var channel = 0; channel < format.Channels; channel++)
            {
                sum += format.ReadSample(bytes[(channel * format.BytesPerSample)..]);
            }

            sample = sum / format.Channels;
            bytes = bytes[format.BytesPerFrame..];
        }
    }

    private InvalidWavException Invalid(string reason) => new(_path, reason);
}
