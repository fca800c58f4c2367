using EdgeAI.Samples.Models;

namespace EdgeAI.Samples.Tests.Models;

/// <summary>A directory of one test.</summary>
internal sealed class TestDirectory : IDisposable
{
    private readonly TemporaryDirectory _directory = new(System.IO.Path.GetTempPath());

    public string Path => _directory.Path;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => _directory.Dispose();
}
