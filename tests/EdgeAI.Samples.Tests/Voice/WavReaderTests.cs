using EdgeAI.Samples.Voice;
using EdgeAI.Testing.Files;

namespace EdgeAI.Samples.Tests.Voice;

public sealed class WavReaderTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public static TheoryData<string, byte[]> InvalidFiles => new()
    {
        { "empty", [] },
        { "shorter than a header", "RIFF"u8.ToArray() },
        { "text", "This is not a recording at all."u8.ToArray() },
        { "another RIFF file", [.. "RIFF"u8, 4, 0, 0, 0, .. "AVI "u8] },
        { "no chunks", new WavBuilder().Build() },
        { "no data", new WavBuilder().Format().Build() },
        { "data before the format", new WavBuilder().Chunk("data", [0, 0]).Format().Build() },
        { "no samples", new WavBuilder().Format().Chunk("data", []).Build() },
        { "cut short", new WavBuilder().Format().Chunk("data", [0, 0], claimedSize: 4000).Build() },
        { "hostile data size", new WavBuilder().Format().Chunk("data", [0, 0], claimedSize: uint.MaxValue).Build() },
        { "hostile chunk size", new WavBuilder().Chunk("LIST", [0, 0], claimedSize: uint.MaxValue - 7).Build() },
        { "hostile format size", new WavBuilder().Chunk("fmt ", [1, 0], claimedSize: 0x7fffffff).Build() },
        { "short format", new WavBuilder().Chunk("fmt ", [1, 0, 1, 0]).Chunk("data", [0, 0]).Build() },
        { "no channels", new WavBuilder().Format(channels: 0).Chunk("data", [0, 0]).Build() },
        { "too many channels", new WavBuilder().Format(channels: 65535).Chunk("data", [0, 0]).Build() },
        { "no sample rate", new WavBuilder().Format(rate: 0).Chunk("data", [0, 0]).Build() },
        { "hostile sample rate", new WavBuilder().Format(rate: -1).Chunk("data", [0, 0]).Build() },
        { "odd bits", new WavBuilder().Format(bits: 12).Chunk("data", [0, 0]).Build() },
        { "64-bit floats", new WavBuilder().Format(encoding: 3, bits: 64).Chunk("data", new byte[8]).Build() },
        { "compressed", new WavBuilder().Format(encoding: 2).Chunk("data", [0, 0]).Build() },
        { "less than one frame", new WavBuilder().Format(channels: 2).Chunk("data", [0, 0]).Build() },
    };

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(1, 8, new byte[] { 128, 192, 0 }, new[] { 0f, 0.5f, -1f })]
    [InlineData(1, 16, new byte[] { 0, 0, 0, 0x40, 0, 0x80 }, new[] { 0f, 0.5f, -1f })]
    [InlineData(1, 24, new byte[] { 0, 0, 0, 0, 0, 0x40, 0, 0, 0x80 }, new[] { 0f, 0.5f, -1f })]
    [InlineData(1, 32, new byte[] { 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0x80 }, new[] { 0f, 0.5f, -1f })]
    [InlineData(3, 32, new byte[] { 0, 0, 0, 0, 0, 0, 0, 0x3f, 0, 0, 0x80, 0xbf }, new[] { 0f, 0.5f, -1f })]
    [InlineData(3, 32, new byte[] { 0, 0, 0x80, 0x7f, 0, 0, 0xc0, 0x7f }, new[] { 0f, 0f })]
    public void Read_EncodingAndBits_GivesSamplesFromMinusOneToOne(int encoding, int bits, byte[] data, float[] expected)
    {
        var plain = Read(new WavBuilder().Format(encoding, bits: bits).Chunk("data", data));
        var extensible = Read(new WavBuilder().ExtensibleFormat(encoding, 1, 16_000, bits).Chunk("data", data));

        Assert.Equal(expected, plain.Samples);
        Assert.Equal(expected, extensible.Samples);
        Assert.Equal(16_000, plain.SampleRate);
    }

    [Fact]
    public void Read_TwoChannels_AveragesThem()
    {
        var recording = Read(new WavBuilder().Format(channels: 2).Chunk("data", [0, 0x40, 0, 0, 0, 0x20, 0, 0x60]));

        Assert.Equal([0.25f, 0.5f], recording.Samples);
    }

    [Fact]
    public void Read_OtherChunksOfOddLength_AreSkipped()
    {
        var recording = Read(new WavBuilder().Chunk("LIST", [1, 2, 3]).Format(rate: 8_000).Chunk("fact", [1]).Chunk("data", [0, 0x40]));

        Assert.Equal([0.5f], recording.Samples);
        Assert.Equal(8_000, recording.SampleRate);
    }

    [Fact]
    public void Read_MoreThanOneBlock_ReadsAll()
    {
        var data = Enumerable.Range(0, 10_000).SelectMany(i => BitConverter.GetBytes((short)i)).ToArray();

        var recording = Read(new WavBuilder().Format().Chunk("data", data));

        Assert.Equal(Enumerable.Range(0, 10_000).Select(i => i / 32768f), recording.Samples);
    }

    [Theory]
    [MemberData(nameof(InvalidFiles))]
    public void Read_InvalidFile_ThrowsOneLineThatNamesIt(string reason, byte[] content)
    {
        var path = _directory.Combine($"{reason}.wav");
        File.WriteAllBytes(path, content);

        var exception = Assert.Throws<InvalidWavException>(() => WavReader.Read(path));

        Assert.Equal(path, exception.Path);
        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void Read_SampleRecordingCutInItsHeader_Throws()
    {
        var whole = File.ReadAllBytes(SampleProject.Recording);
        var path = _directory.Combine("cut.wav");
        for (var length = 0; length < 64; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Throws<InvalidWavException>(() => WavReader.Read(path));
        }
    }

    [Fact]
    public void Read_NoFile_ThrowsThatNamesIt()
    {
        var path = _directory.Combine("absent.wav");

        Assert.Contains(path, Assert.Throws<SampleException>(() => WavReader.Read(path)).Message, StringComparison.Ordinal);
    }

    private Recording Read(WavBuilder wav)
    {
        var path = _directory.Combine("recording.wav");
        File.WriteAllBytes(path, wav.Build());
        return WavReader.Read(path);
    }
}
