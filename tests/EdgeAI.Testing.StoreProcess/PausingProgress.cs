using EdgeAI.Models;

namespace EdgeAI.Testing.StoreProcess;

/// <summary>Stops an import at one of its reports until a line comes in.</summary>
internal sealed class PausingProgress(ImportStage stage, int report) : IProgress<ImportProgress>
{
    private int _reports;

    public void Report(ImportProgress value)
    {
        if (value.Stage == stage && ++_reports == report)
        {
            Console.WriteLine($"at {value.Stage} {value.BytesDone} of {value.BytesTotal}");
            Console.ReadLine();
        }
    }
}
