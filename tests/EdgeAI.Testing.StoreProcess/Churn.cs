using EdgeAI.Models;
using EdgeAI.Storage;

namespace EdgeAI.Testing.StoreProcess;

/// <summary>Works on a store without end, and says so after each step: for a test that ends it anywhere.</summary>
internal sealed class Churn(IModelStore store, string models, int seed)
{
    private const int Tags = 2;

    private readonly string[] _names = [.. Directory.EnumerateDirectories(models).Select(folder => Path.GetFileName(folder)).Order()];
    private readonly Random _random = new(seed);

    public async Task RunAsync()
    {
        while (true)
        {
            var name = _names[_random.Next(_names.Length)];
            await StepAsync(name, $"{name}:{_random.Next(Tags)}");
            Console.WriteLine("step");
        }
    }

    private async Task StepAsync(string name, ModelReference model)
    {
        switch (_random.Next(9))
        {
            case 0:
                await store.RemoveAsync(model);
                break;
            case 1:
                await store.CollectGarbageAsync();
                break;
            case 8:
                await store.RebuildIndexAsync();
                break;
            case 2 when await store.FindAsync(model) is not null:
                (await store.MaterializeAsync(model)).Dispose();
                break;
            default:
                await store.ImportAsync(model, ModelSource.FromFile(Path.Combine(models, name, "model.onnx")));
                break;
        }
    }
}
