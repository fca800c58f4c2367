using System.Diagnostics.Metrics;
using System.Reflection;
using EdgeAI.Storage.Tiers;
using EdgeAI.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeAI.Runtime.Tests.Telemetry;

/// <summary>docs/telemetry.md lists what there is, and nothing else.</summary>
public sealed class TelemetryDocumentTests
{
    [Fact]
    public async Task Instruments_OfAnInstance_AreThoseOfTheDocument()
    {
        var published = new List<Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == EdgeAITelemetry.MeterName && instrument.Meter.Tags?.Any(tag => tag.Value as string == "documented") == true)
                {
                    lock (published)
                    {
                        published.Add(instrument);
                    }
                }
            },
        };
        listener.Start();
        using var folder = new Testing.Files.TemporaryDirectory();
        var services = new ServiceCollection();
        services.AddEdgeAI("documented", options => options.DataDirectory = folder.Path).AddStorage(storage => storage.AddCluster("primary", new MemoryTier("primary")));
        await using var provider = services.BuildServiceProvider();
        _ = provider.GetRequiredKeyedService<EdgeRuntime>("documented");

        var rows = TelemetryDocument.ReadTable("Instruments").Select(row => string.Join(' ', row[..3])).Order().ToArray();

        Assert.Equal(rows, published.DistinctBy(instrument => instrument.Name).Select(instrument => $"{instrument.Name} {KindOf(instrument)} {instrument.Unit}").Order());
        Assert.Equal(rows.Select(row => row.Split(' ')[0]), ConstantsOf(typeof(TelemetryInstruments)));
        Assert.All(rows, row => Assert.Matches("^edgeai(\\.[a-z]+)+ ", row));
    }

    [Fact]
    public void Tags_OfTheCode_AreThoseOfTheDocument()
    {
        var listed = TelemetryDocument.ReadTable("Tags").Select(row => row[0]).Order().ToArray();

        Assert.Equal(listed, ConstantsOf(typeof(TelemetryTags)));
        Assert.All(
            TelemetryDocument.ReadTable("Instruments").Concat(TelemetryDocument.ReadTable("Activities").Select(row => new[] { row[0], row[1], row[1], row[1] })),
            row => Assert.All(row[3].Split(", ", StringSplitOptions.RemoveEmptyEntries), tag => Assert.Contains(tag, listed)));
    }

    [Fact]
    public void Activities_OfTheCode_AreThoseOfTheDocument() =>
        Assert.Equal(TelemetryDocument.ReadTable("Activities").Select(row => row[0]).Order(), ConstantsOf(typeof(TelemetryActivities)));

    private static IEnumerable<string> ConstantsOf(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!).Order();

    private static string KindOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "Counter" => "counter",
        "Histogram" => "histogram",
        "ObservableGauge" => "gauge",
        var other => other,
    };
}
