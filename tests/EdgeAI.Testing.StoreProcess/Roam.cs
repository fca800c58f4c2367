using EdgeAI.Models;
using EdgeAI.Storage;

namespace EdgeAI.Testing.StoreProcess;

/// <summary>
/// Does all that a node does with a cluster behind it and another node beside it: imports under names of its own, brings back names of both, moves models between its disks, takes them away and collects. It says so after each
/// step, for a test that ends it anywhere.
/// </summary>
internal sealed class Roam(IModelStore store, string models, string node, int seed)
{
    // Longer than a part: it goes to the cluster in several.
    private const int LargeLength = 7 << 20;

    private readonly string[] _names = [.. Directory.EnumerateDirectories(models).Select(folder => Path.GetFileName(folder)).Order()];
    private readonly Random _random = new(seed);

    /// <summary>Goes on without end.</summary>
    /// <exception cref="InvalidDataException">A model did not come out as it went in.</exception>
    public async Task RunAsync()
    {
        while (true)
        {
            var model = _names[_random.Next(_names.Length)];
            try
            {
                await StepAsync(model, $"{node}/{model}:1", $"{(_random.Next(2) == 0 ? "a" : "b")}/{model}:1");
            }
            catch (ModelNotFoundException)
            {
                // It has not been sent yet, or it was removed here.
            }

            Console.WriteLine("step");
        }
    }

    private async Task StepAsync(string model, ModelReference own, ModelReference any)
    {
        switch (_random.Next(20))
        {
            case 0 or 1:
                await store.RemoveAsync(any);
                break;
            case 2 or 3:
                await store.CollectGarbageAsync();
                break;
            case 4 or 5 or 6 or 7:
                await store.PullAsync(any);
                await CompareAsync(model, any);
                break;
            case 8 or 9:
                await store.FlushAsync();
                break;
            case 10 or 11 or 12:
                Require((await store.PlaceAsync()).Damaged.Count == 0, "A placement found damage.");
                break;
            case 13:
                (await store.MaterializeAsync(any)).Dispose();
                break;
            case 14:
                await CompareAsync(model, any);
                break;
            case 15:
                await ImportLargeAsync();
                break;
            default:
                await ImportAsync(own, Path.Combine(models, model, "model.onnx"));
                break;
        }
    }

    private async Task ImportAsync(ModelReference reference, string path)
    {
        await store.ImportAsync(reference, ModelSource.FromFile(path));
        Console.WriteLine($"imported {reference}");
    }

    // Its name says what is in it: the test makes the same bytes.
    private async Task ImportLargeAsync()
    {
        var version = _random.Next();
        var content = new byte[LargeLength];
        new Random(version).NextBytes(content);
        var path = Path.Combine(models, "..", $"{node}.large");
        await File.WriteAllBytesAsync(path, content);
        await ImportAsync($"{node}/large-{version}:1", path);
    }

    private async Task CompareAsync(string model, ModelReference reference)
    {
        foreach (var path in Directory.EnumerateFiles(Path.Combine(models, model)))
        {
            await using var stream = await store.OpenAsync(reference, Path.GetFileName(path));
            using var content = new MemoryStream();
            await stream.CopyToAsync(content);
            var imported = await File.ReadAllBytesAsync(path);
            Require(content.ToArray().AsSpan().SequenceEqual(imported), $"{reference} {Path.GetFileName(path)} is not what was imported.");
        }
    }

    private static void Require(bool condition, string problem)
    {
        if (!condition)
        {
            throw new InvalidDataException(problem);
        }
    }
}
