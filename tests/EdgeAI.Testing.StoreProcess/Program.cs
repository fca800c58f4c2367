using System.Diagnostics;
using EdgeAI;
using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Storage;
using EdgeAI.Storage.Durability;
using EdgeAI.Testing.StoreProcess;

// Works on a store as another process than the test:
//   churn <store> <folder of models> <seed> [<steps>]
//   spread <store> <folder of models> <seed> [<flush to die at>]
//   rebuild <store>
//   die <store> <reference> <model file> <folder of objects>
//   exchange <store> <another store, whose objects are the cluster> <folder of models> <seed> [<flush to die at>]
//   pull <store> <another store, whose objects are the cluster> <reference> [<report to stop at>]
//   roam <store> <endpoint,…,bucket,prefix,access key,secret key of an S3 cluster> <folder of models> <name> <seed>
//   import <store> <reference> <model file or address> [<stage to stop at> <report to stop at>]
// A roam is an exchange with an S3 cluster by a node of that name, over a hot, a warm and a cold directory. A spread is a churn over a hot, a warm and a cold directory beside the store's. The one that dies imports, and is killed in the moment in which an object of its own stands in the folder. A churn, a spread, an exchange, a roam and a rebuild go on without end, and print a
// line after each step; an exchange may be killed when it has put so many files and folders on disk. An import says "ready", waits for a line, imports, and says "done …" and how much memory it took, or "failed …". At the stage to stop at it says so and
// waits for a line. A pull says "ready", waits for a line, says "at …" after each chunk, or up to the one to stop at, where it waits for ever, and in the end "done …" and how
// much memory it took.
var store = ModelStore.Open(args[1]);
if (args[0] == "churn")
{
    await new Churn(store, args[2], int.Parse(args[3])).RunAsync(args.Length > 4 ? int.Parse(args[4]) : int.MaxValue);
    return 0;
}

if (args[0] == "roam")
{
    await using var roaming = ModelStore.Open(args[1], SpreadOver(args[1]), clusters: [S3Place.Parse(args[2])]);
    await new Roam(roaming, args[3], args[4], int.Parse(args[5])).RunAsync();
    return 0;
}

if (args[0] == "spread")
{
    var flushes = args.Length > 4 ? int.Parse(args[4]) : 0;
    DieWhen(_ => Interlocked.Decrement(ref flushes) == 0);
    await new Churn(ModelStore.Open(args[1], SpreadOver(args[1])), args[2], int.Parse(args[3]), isSpread: true).RunAsync(int.MaxValue);
    return 0;
}

if (args[0] == "rebuild")
{
    while (true)
    {
        await store.RebuildIndexAsync();
        Console.WriteLine("step");
    }
}

if (args[0] == "die")
{
    // Opening the store flushes its folders too.
    await store.ListAsync();
    var folder = Path.Combine(Path.GetFullPath(args[1]), "objects", args[4]);
    DieWhen(path => path == folder);
    await store.ImportAsync(args[2], ModelSource.FromFile(args[3]));
    return 1;
}

if (args[0] is "exchange" or "pull")
{
    var time = new AheadTime();
    store = ModelStore.Open(args[1], time: time, clusters: [new StorageCluster("primary", ModelStore.OpenObjects(args[2]))]);
    var exchange = new Exchange(store, time);
    var flushes = args[0] == "exchange" && args.Length > 5 ? int.Parse(args[5]) : 0;
    DieWhen(_ => Interlocked.Decrement(ref flushes) == 0);
    await (args[0] == "pull" ? exchange.PullAsync(args[3], args.Length > 4 ? int.Parse(args[4]) : int.MaxValue) : exchange.RunAsync(args[3], int.Parse(args[4])));
    return 0;
}

var progress = args.Length > 4 ? new PausingProgress(Enum.Parse<ImportStage>(args[4]), int.Parse(args[5])) : null;
Console.WriteLine("ready");
Console.ReadLine();
try
{
    var result = await store.ImportAsync(args[2], ModelSource.Parse(args[3]), progress);
    Console.WriteLine($"done {result.Model.Digest} {result.WasPresent} {result.NewBytes}");
    Console.WriteLine($"peak {Process.GetCurrentProcess().PeakWorkingSet64}");
    return 0;
}
catch (EdgeAIException exception)
{
    Console.WriteLine($"failed {exception.GetType().Name} {exception.Message}");
    return 3;
}

static StorageOptions SpreadOver(string store)
{
    var options = new StorageOptions();
    (options.Tiers.Hot.Directory, options.Tiers.Warm.Directory, options.Tiers.Cold.Directory) = (store + ".hot", store + ".warm", store + ".cold");
    options.Tiers.Hot.Capacity = "2MB";
    options.Tiers.Lifecycle.Add(new LifecycleRule { After = TimeSpan.FromMilliseconds(200), To = Tier.Cold });
    return options;
}

static void DieWhen(Predicate<string> isTime) => FlushEvents.Flushed += path =>
{
    if (isTime(path))
    {
        Process.GetCurrentProcess().Kill();
    }
};
