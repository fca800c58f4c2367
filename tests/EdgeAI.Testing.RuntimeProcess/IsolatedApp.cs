using EdgeAI.Configuration;
using EdgeAI.Inference;
using EdgeAI.Models;

namespace EdgeAI.Testing.RuntimeProcess;

/// <summary>An app whose model runs in a worker: it says <c>running</c> when it begins a run that does not end.</summary>
internal static class IsolatedApp
{
    public static async Task RunAsync(string data, string model)
    {
        await using var edge = EdgeRuntime.Create(options =>
        {
            options.DataDirectory = data;
            options.Inference.Isolation = ModelIsolation.OutOfProcess;
        });
        await edge.Store.ImportAsync("loop", ModelSource.FromFile(model));
        await using var lease = await edge.Engine.LoadAsync("loop");
        (await lease.RunAsync(Inputs(trips: 1))).Dispose();
        var running = lease.RunAsync(Inputs(long.MaxValue));
        Console.WriteLine("running");
        (await running).Dispose();
    }

    private static ModelInputs Inputs(long trips) => new()
    {
        ["trips"] = TensorValue.Scalar(trips),
        ["x"] = TensorValue.Create(new float[64], 1, 64),
    };
}
