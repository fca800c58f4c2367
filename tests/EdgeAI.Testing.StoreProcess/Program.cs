using System.Diagnostics;
using EdgeAI;
using EdgeAI.Models;
using EdgeAI.Storage;
using EdgeAI.Testing.StoreProcess;

// Imports a model into a store, as another process than the test: <store> <reference> <model file> [<stage to stop at> <report to stop at>].
// It says "ready", waits for a line, imports, and says "done …" and how much memory it took, or "failed …". At the stage to stop at it says so and waits for a line.
var store = ModelStore.Open(args[0]);
var progress = args.Length > 3 ? new PausingProgress(Enum.Parse<ImportStage>(args[3]), int.Parse(args[4])) : null;
Console.WriteLine("ready");
Console.ReadLine();
try
{
    var result = await store.ImportAsync(args[1], ModelSource.FromFile(args[2]), progress);
    Console.WriteLine($"done {result.Model.Digest} {result.WasPresent} {result.NewBytes}");
    Console.WriteLine($"peak {Process.GetCurrentProcess().PeakWorkingSet64}");
    return 0;
}
catch (EdgeAIException exception)
{
    Console.WriteLine($"failed {exception.GetType().Name} {exception.Message}");
    return 3;
}
