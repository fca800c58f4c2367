using System.Text;
using EdgeAI.Samples.CommandLine;
using EdgeAI.Samples.Commands;
using EdgeAI.Samples.Display;
using EdgeAI.Samples.Timing;

namespace EdgeAI.Samples;

/// <summary>From arguments to exit code: 0 for done, 1 for a problem that one line on stderr explains, 130 for Ctrl+C.</summary>
internal static class SampleApplication
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int Interrupted = 130;

    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            Console.OutputEncoding = Encoding.UTF8;
        }

        try
        {
            await RunAsync(ArgumentParser.Parse(args), cancellationToken);
            return Done;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Cancelled.");
            return Interrupted;
        }
        catch (Exception exception) when (exception is SampleException or EdgeAIException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return Failed;
        }
    }

    private static Task RunAsync(SampleArguments arguments, CancellationToken cancellationToken)
    {
        var display = Console.IsOutputRedirected ? (IDisplay)new PlainDisplay(Console.Out) : new TerminalDisplay();
        return arguments.Command switch
        {
            SampleCommand.ReadText => new ReadTextCommand(arguments, display, new Timeline()).RunAsync(cancellationToken),
            SampleCommand.DetectSpeech => new DetectSpeechCommand(arguments, display, new Timeline()).RunAsync(cancellationToken),
            SampleCommand.DrawSample => DrawSampleCommand.RunAsync(arguments, display),
            _ => ShowUsageAsync(display),
        };
    }

    private static Task ShowUsageAsync(IDisplay display)
    {
        display.WriteLine(UsageText.Text);
        return Task.CompletedTask;
    }
}
