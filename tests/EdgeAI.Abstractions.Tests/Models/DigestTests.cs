using System.Text;
using EdgeAI.Models;

namespace EdgeAI.Abstractions.Tests.Models;

public sealed class DigestTests
{
    // Source: NIST, "SHA-256 examples", the one-block message "abc".
    private const string AbcHex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    public static TheoryData<string> NotDigests =>
    [
        string.Empty,
        "sha256:",
        AbcHex,
        "SHA256:" + AbcHex,
        "sha512:" + AbcHex,
        " sha256:" + AbcHex,
        "sha256:" + AbcHex + " ",
        "sha256:" + AbcHex[1..],
        "sha256:" + AbcHex + "0",
        "sha256:" + AbcHex[..63] + "g",
        "sha256:" + AbcHex[..63] + "é",
        "sha256:" + AbcHex[..32] + "/../" + AbcHex[36..],
    ];

    [Fact]
    public void Of_KnownContent_IsItsSha256() =>
        Assert.Equal("sha256:" + AbcHex, Digest.Of(Encoding.ASCII.GetBytes("abc")).ToString());

    [Fact]
    public void Hex_OfDigest_HasNoPrefix() => Assert.Equal(AbcHex, Abc().Hex);

    [Fact]
    public void Parse_WhatToStringWrote_GivesTheSameDigest() => Assert.Equal(Abc(), Digest.Parse(Abc().ToString()));

    [Fact]
    public void Parse_UppercaseDigits_AreTheSameDigest() => Assert.Equal(Abc(), Digest.Parse("sha256:" + AbcHex.ToUpperInvariant()));

    [Theory]
    [MemberData(nameof(NotDigests))]
    public void TryParse_AnythingElse_SaysNo(string text)
    {
        Assert.False(Digest.TryParse(text, null, out var digest));
        Assert.Equal(default, digest);
    }

    [Fact]
    public void Parse_AnythingElse_SaysWhatToWrite()
    {
        var exception = Assert.Throws<FormatException>(() => Digest.Parse("latest"));

        Assert.Contains("'latest'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("sha256:", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_Null_IsRefused()
    {
        Assert.Throws<ArgumentNullException>(() => Digest.Parse(null!));
        Assert.False(Digest.TryParse(null, null, out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Constructor_WrongLength_IsRefused(int length) =>
        Assert.Contains($"not {length}", Assert.Throws<ArgumentException>(() => new Digest(new byte[length])).Message, StringComparison.Ordinal);

    [Fact]
    public void ToArray_OfBytes_GivesThemBack()
    {
        var bytes = Enumerable.Range(0, Digest.Size).Select(value => (byte)value).ToArray();
        var copy = new byte[Digest.Size + 1];

        new Digest(bytes).CopyTo(copy);

        Assert.Equal(bytes, new Digest(bytes).ToArray());
        Assert.Equal(bytes, copy[..Digest.Size]);
    }

    [Fact]
    public void Comparison_OfDigests_IsByBytesFromTheFirst()
    {
        var low = WithByte(0, 1);
        var high = WithByte(0, 0x80);

        Assert.True(low < high && low <= high && high > low && high >= low && low != high);
        Assert.True(WithByte(31, 1) < low);
        Assert.Equal(0, low.CompareTo(WithByte(0, 1)));
    }

    [Fact]
    public void Equality_OfDigests_IsByContent()
    {
        Assert.True(Abc() == Digest.Parse(Abc().ToString()));
        Assert.Equal(Abc().GetHashCode(), Digest.Parse(Abc().ToString()).GetHashCode());
        Assert.True(Abc().Equals((object)Abc()));
        Assert.False(Abc().Equals("sha256:" + AbcHex));
        Assert.NotEqual(WithByte(31, 1), WithByte(31, 2));
    }

    private static Digest Abc() => Digest.Of("abc"u8);

    private static Digest WithByte(int index, byte value)
    {
        var bytes = new byte[Digest.Size];
        bytes[index] = value;
        return new Digest(bytes);
    }
}
