using EdgeAI.Samples;
using EdgeAI.Samples.CommandLine;

using var interrupt = new ConsoleInterrupt();
return await SampleApplication.RunAsync(args, interrupt.Token);
