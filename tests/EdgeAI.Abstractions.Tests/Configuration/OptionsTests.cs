using EdgeAI.Configuration;

namespace EdgeAI.Abstractions.Tests.Configuration;

public sealed class OptionsTests
{
    [Fact]
    public void Defaults_OfTheOptions_AreThoseDocumented()
    {
        var options = new EdgeAIOptions();

        Assert.Equal("EdgeAI", EdgeAIOptions.SectionName);
        Assert.Equal("EdgeAI", Path.GetFileName(options.DataDirectory));
        Assert.Equal(3, options.Storage.CompressionLevel);
        Assert.Equal(TimeSpan.FromMinutes(10), options.Storage.LockTimeout);
        Assert.False(options.Storage.RequireSignature);
        Assert.Empty(options.Storage.TrustedKeys);
        Assert.Empty(options.Storage.RequiredSigners);
        Assert.Equal(TimeSpan.FromMinutes(5), options.Inference.KeepAlive);
        Assert.Equal(0, options.Inference.CpuThreads);
        Assert.Equal(WeightPacking.Auto, options.Inference.WeightPacking);
        Assert.Empty(options.Models);
        Assert.False(new ModelOptions().Prewarm);
        Assert.Null(new ModelOptions().Path);
    }
}
