using EdgeAI.Configuration;
using EdgeAI.Storage.Sources.HuggingFace;
using EdgeAI.Testing.Files;

namespace EdgeAI.Storage.Tests.Sources;

/// <summary>What the variables of the hub's own tools mean.</summary>
public sealed class HubSettingsTests
{
    [Fact]
    public void Settings_NothingSet_AreTheHubs()
    {
        var settings = Read();

        Assert.Equal(("https://huggingface.co", false, false), (settings.Endpoint, settings.Offline, settings.HasToken));
        Assert.EndsWith(Path.Combine("none", "hub"), settings.CacheDirectory, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_Variables_AreTaken()
    {
        var settings = Read(("HF_ENDPOINT", "https://mirror.example/hub/"), ("HF_HUB_OFFLINE", "true"), ("HF_TOKEN", " hf_a\n"), ("HF_HUB_CACHE", "/cache"));

        Assert.Equal(("https://mirror.example/hub", true, "/cache"), (settings.Endpoint, settings.Offline, settings.CacheDirectory));
        Assert.Equal("hf_a", settings.AuthorizationFor("m")!.Parameter);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("no")]
    [InlineData("")]
    public void Settings_OfflineByAnotherWord_IsOnline(string value) => Assert.False(Read(("HF_HUB_OFFLINE", value)).Offline);

    [Fact]
    public void Settings_TokenFile_IsRead()
    {
        using var folder = new TemporaryDirectory();
        folder.WriteFile("token", "hf_b\n"u8.ToArray());

        Assert.Equal("hf_b", Read(("HF_HOME", folder.Path)).AuthorizationFor("m")!.Parameter);
        Assert.Equal("hf_b", Read(("HF_TOKEN_PATH", folder.Combine("token"))).AuthorizationFor("m")!.Parameter);
        Assert.Equal("hf_c", Read(("HF_HOME", folder.Path), ("HF_TOKEN", "hf_c")).AuthorizationFor("m")!.Parameter);
    }

    [Fact]
    public void Settings_Options_WinOverVariables()
    {
        var options = new HuggingFaceOptions { Endpoint = new Uri("http://localhost:1/x"), Token = string.Empty, CacheDirectory = "/own", Offline = false };
        var settings = new HubSettings(options, name => name == "HF_HUB_OFFLINE" ? "1" : "variable");

        Assert.Equal(("http://localhost:1/x", false, "/own"), (settings.Endpoint, settings.Offline, settings.CacheDirectory));
        Assert.Null(settings.AuthorizationFor("m"));
    }

    private static HubSettings Read(params (string Name, string Value)[] variables) =>
        new(new HuggingFaceOptions(), name => variables.Append(("HF_HOME", "none")).FirstOrDefault(variable => variable.Item1 == name).Item2);
}
