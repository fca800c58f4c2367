using EdgeAI.Samples.CommandLine;
using EdgeAI.Samples.Display;
using EdgeAI.Samples.Timing;

namespace EdgeAI.Samples.Commands;

internal sealed class DetectSpeechCommand(SampleArguments arguments, IDisplay display, Timeline timeline)
{
    public Task RunAsync(CancellationToken cancellationToken) => throw new NotImplementedException($"{arguments}{display}{timeline}{cancellationToken}");
}
