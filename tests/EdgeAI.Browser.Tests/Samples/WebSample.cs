using System.Text;
using EdgeAI.Samples.Ocr;
using EdgeAI.Samples.Voice;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Processes;

namespace EdgeAI.Browser.Tests.Samples;

/// <summary>The web sample, running as its own project builds it, with a store of its own.</summary>
public sealed class WebSample : IAsyncLifetime
{
    private const string Name = "EdgeAI.Samples.Web";
    private const string Told = "Now listening on: ";

    private readonly TemporaryDirectory _data = new();
    private readonly StringBuilder _said = new();
    private ChildProcess? _process;
    private Task _reading = Task.CompletedTask;

    public static string Picture => SolutionFolder.Combine("samples", "EdgeAI.Samples.Console", "assets", "sample.png");

    public static string Recording => SolutionFolder.Combine("samples", "EdgeAI.Samples.Console", "assets", "sample.wav");

    public string Address { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var program = SolutionFolder.Combine("samples", Name, "bin", folder.Parent!.Name, folder.Name, Name + ".dll");
        _process = ChildProcess.Start("dotnet", ["exec", program, "--urls", "http://127.0.0.1:0", "--data", _data.Path, .. ModelsArguments()]);
        while (await _process.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            _said.AppendLine(line);
            if (line.IndexOf(Told, StringComparison.Ordinal) is var at and >= 0)
            {
                Address = line[(at + Told.Length)..].Trim();
                _reading = DrainAsync();
                return;
            }
        }

        throw new InvalidOperationException($"The sample ended before it listened. It said: {_said}");
    }

    public async ValueTask DisposeAsync()
    {
        _process?.Dispose();
        await _reading;
        _data.Dispose();
    }

    // Where another run has fetched the models they are taken from there; otherwise the sample gets them, as it does for its users.
    private static string[] ModelsArguments()
    {
        var folder = SolutionFolder.Combine("data", "models");
        var names = OcrModels.Package.FileNames.Concat(SpeechDetector.Package.FileNames);
        return names.All(name => File.Exists(Path.Combine(folder, name))) ? ["--models", folder] : [];
    }

    // A process whose output nobody reads stops at a full pipe.
    private async Task DrainAsync()
    {
        while (await _process!.ReadLineAsync(CancellationToken.None) is not null)
        {
        }
    }
}
