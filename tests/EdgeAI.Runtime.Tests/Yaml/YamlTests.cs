using EdgeAI.Monitoring;
using EdgeAI.Testing.Files;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeAI.Runtime.Tests.Yaml;

public sealed class YamlTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""
        metrics:
          - name: storage_latency
            threshold: 50ms
            action: switch_to_backup_storage
          - name: memory_usage
            threshold: 90%
            action: trigger_model_swap
        """)]
    [InlineData("""
        monitoring:
          metrics:
            - { name: storage_latency, threshold: "50ms", action: switch_to_backup_storage }
            - { name: memory_usage, threshold: '90%', action: trigger_model_swap }
        """)]
    [InlineData("""
        # The whole form.
        edgeai:
          monitoring:
            interval: 00:00:01
            metrics:
            - name: storage_latency
              threshold: 50ms
              action: switch_to_backup_storage
              percentile: ~
            - name: memory_usage
              threshold: 90%
              action: trigger_model_swap
        """)]
    public async Task AddEdgeAIYamlFile_RulesInAnyOfTheForms_AreThoseOfTheJsonForm(string yaml)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(Read(yaml));
        services.AddEdgeAI(options => options.DataDirectory = _folder.Combine("data"));
        await using var provider = services.BuildServiceProvider();

        Assert.Equal(
            ["storage_latency > 50ms: switch_to_backup_storage", "memory_usage > 90%: trigger_model_swap"],
            provider.GetRequiredService<IEdgeMonitor>().Rules.Select(state => state.Rule.ToString()));
    }

    [Theory]
    [InlineData("metrics: [", "it is not YAML")]
    [InlineData("just words", "the document must be a map")]
    [InlineData("a: &x [1]\nb: *x", "only maps, lists and values")]
    [InlineData("a: 1\na: 2", "is there twice")]
    [InlineData("a: 1\n---\nb: 2", "one document is enough")]
    [InlineData("[a]: 1", "a key must be a word")]
    public void AddEdgeAIYamlFile_WhatIsNotRead_SaysWhere(string yaml, string problem)
    {
        var exception = Assert.Throws<InvalidDataException>(() => Read(yaml));

        Assert.Contains(problem, exception.InnerException!.Message, StringComparison.Ordinal);
        Assert.Contains("Line ", exception.InnerException.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddEdgeAIYamlFile_NestedWithoutEnd_IsRefused() =>
        Assert.Throws<InvalidDataException>(() => Read(string.Concat(Enumerable.Repeat("a: {", 100)) + new string('}', 100)));

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("---\n")]
    public void AddEdgeAIYamlFile_Empty_IsNothing(string yaml) => Assert.Empty(Read(yaml).AsEnumerable());

    [Fact]
    public void AddEdgeAIYamlFile_Missing_IsToldUnlessItIsOptional()
    {
        var builder = new ConfigurationBuilder();

        Assert.Throws<FileNotFoundException>(() => builder.AddEdgeAIYamlFile(_folder.Combine("none.yaml")).Build());
        Assert.Empty(new ConfigurationBuilder().AddEdgeAIYamlFile(_folder.Combine("none.yaml"), optional: true).Build().AsEnumerable());
    }

    private IConfigurationRoot Read(string yaml)
    {
        File.WriteAllText(_folder.Combine("edgeai.yaml"), yaml);
        return new ConfigurationBuilder().AddEdgeAIYamlFile(_folder.Combine("edgeai.yaml")).Build();
    }
}
