using EdgeAI.Models;
using EdgeAI.Testing.Processes;

namespace EdgeAI.Storage.Tests;

/// <summary>Imports done by other processes.</summary>
internal static class StoreProcesses
{
    private const string Program = "EdgeAI.Testing.StoreProcess.dll";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>What to give the <c>dotnet</c> command.</summary>
    public static string[] Arguments(string store, string reference, string path, params string[] stop) =>
        [Path.Combine(AppContext.BaseDirectory, Program), "import", store, reference, path, .. stop];

    /// <summary>Starts a process that works on a store, and prints a line after each step.</summary>
    public static ChildProcess StartChurn(string store, string models, int seed, int steps = int.MaxValue) =>
        ChildProcess.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, Program), "churn", store, models, $"{seed}", $"{steps}"]);

    /// <summary>Starts a process that works on a store over three directories, and prints a line after each step. It may be killed at one of its flushes; 0 for none.</summary>
    public static ChildProcess StartSpread(string store, string models, int seed, int flush) =>
        ChildProcess.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, Program), "spread", store, models, $"{seed}", $"{flush}"]);

    /// <summary>Starts a process that imports, and is killed in the moment in which an object of its own stands in a folder.</summary>
    public static ChildProcess StartDying(string store, string reference, string path, string folder) =>
        ChildProcess.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, Program), "die", store, reference, path, folder]);

    /// <summary>Starts a process that sends models to the cluster in another store's objects and brings them back, and prints a line after each step. It may be killed at one of its flushes; 0 for none.</summary>
    public static ChildProcess StartExchange(string store, string cluster, string models, int seed, int flush) =>
        ChildProcess.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, Program), "exchange", store, cluster, models, $"{seed}", $"{flush}"]);

    /// <summary>Starts a process that is ready to pull, and waits for a line to begin.</summary>
    public static async Task<ChildProcess> StartPullAsync(string store, string cluster, string reference, int stop = int.MaxValue)
    {
        var child = ChildProcess.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, Program), "pull", store, cluster, reference, $"{stop}"]);
        Assert.Equal("ready", await child.ReadLineAsync(Cancellation));
        return child;
    }

    /// <summary>Starts a process that rebuilds a store's index without end, and prints a line after each time.</summary>
    public static ChildProcess StartRebuilding(string store) =>
        ChildProcess.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, Program), "rebuild", store]);

    /// <summary>Starts a process that is ready to import, and waits for a line to begin.</summary>
    public static async Task<ChildProcess> StartAsync(string store, string reference, string path, params string[] stop)
    {
        var child = ChildProcess.Start("dotnet", Arguments(store, reference, path, stop));
        Assert.Equal("ready", await child.ReadLineAsync(Cancellation));
        return child;
    }

    /// <summary>Starts a process and lets it import up to one of its reports, where it stands still.</summary>
    public static async Task<ChildProcess> StartUpToAsync(string store, string reference, string path, ImportStage stage, int report)
    {
        var child = await StartAsync(store, reference, path, stage.ToString(), $"{report}");
        child.WriteLine("go");
        Assert.StartsWith($"at {stage}", await child.ReadLineAsync(Cancellation), StringComparison.Ordinal);
        return child;
    }
}
