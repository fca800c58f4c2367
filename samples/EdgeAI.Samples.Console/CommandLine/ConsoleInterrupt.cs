namespace EdgeAI.Samples.CommandLine;

/// <summary>Turns Ctrl+C into cancellation, so that what runs is left tidy; a second Ctrl+C ends the process at once.</summary>
internal sealed class ConsoleInterrupt : IDisposable
{
    private readonly CancellationTokenSource _source = new();

    public ConsoleInterrupt() => Console.CancelKeyPress += OnCancelKeyPress;

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        Console.CancelKeyPress -= OnCancelKeyPress;
        _source.Dispose();
    }

    private void OnCancelKeyPress(object? sender, ConsoleCancelEventArgs args)
    {
        args.Cancel = !_source.IsCancellationRequested;
        _source.Cancel();
    }
}
