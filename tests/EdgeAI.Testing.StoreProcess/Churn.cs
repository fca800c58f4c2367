using System.Security.Cryptography;
using EdgeAI.Models;
using EdgeAI.Storage;
using EdgeAI.Trust;

namespace EdgeAI.Testing.StoreProcess;

/// <summary>Works on a store, and says so after each step: for a test that ends it anywhere, or looks on beside it.</summary>
internal sealed class Churn(IModelStore store, string models, int seed, bool isSpread = false)
{
    private const int Tags = 2;
    private const string ArchiveSuffix = ".edgeai";

    private readonly string[] _names = [.. Directory.EnumerateDirectories(models).Select(folder => Path.GetFileName(folder)).Order()];
    private readonly Random _random = new(seed);
    private readonly ModelSigner _signer = MakeSigner();

    /// <summary>Does so many steps.</summary>
    /// <exception cref="InvalidDataException">A model did not come out as it went in.</exception>
    public async Task RunAsync(int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            var name = _names[_random.Next(_names.Length)];
            try
            {
                if (isSpread && _random.Next(2) == 0)
                {
                    await PlaceAsync($"{name}:{_random.Next(Tags)}");
                }
                else
                {
                    await StepAsync(name, $"{name}:{_random.Next(Tags)}");
                }
            }
            catch (ModelNotFoundException)
            {
                // Somebody else has just removed it.
            }

            Console.WriteLine("step");
        }
    }

    private async Task StepAsync(string name, ModelReference model)
    {
        switch (_random.Next(18))
        {
            case 0 or 1:
                await store.RemoveAsync(model);
                break;
            case 2:
                await store.CollectGarbageAsync();
                break;
            case 3:
                (await store.MaterializeAsync(model)).Dispose();
                break;
            case 4 or 5:
                await CompareAsync(name, model);
                break;
            case 6:
                await store.RepackAsync(new RepackOptions { MaxChainDepth = _random.Next(2), MinLiveShare = 0.9 });
                break;
            case 7:
                Require((await store.RepairAsync()).IsHealthy, "A repair found damage.");
                break;
            case 8:
                Require((await store.ScrubAsync(new ScrubOptions { Share = 0.3 })).IsHealthy, "A scrub found damage.");
                break;
            case 9:
                await store.RebuildIndexAsync();
                break;
            case 10 or 11:
                await ImportArchiveAsync(name, model);
                break;
            case 12:
                await store.SignAsync(model, _signer);
                break;
            default:
                await store.ImportAsync(model, ModelSource.FromFile(ModelFileOf(name)));
                break;
        }
    }

    // One that no parser knows has another ending.
    private string ModelFileOf(string name)
    {
        var onnx = Path.Combine(models, name, "model.onnx");
        return File.Exists(onnx) ? onnx : Path.Combine(models, name, "model.bin");
    }

    private async Task PlaceAsync(ModelReference model)
    {
        switch (_random.Next(8))
        {
            case 0:
                await store.PinAsync(model);
                break;
            case 1:
                await store.UnpinAsync(model);
                break;
            case 2 or 3:
                (await store.MaterializeAsync(model)).Dispose();
                break;
            default:
                Require((await store.PlaceAsync()).Damaged.Count == 0, "A placement found damage.");
                break;
        }
    }

    private async Task CompareAsync(string name, ModelReference model)
    {
        foreach (var path in Directory.EnumerateFiles(Path.Combine(models, name)).Where(file => !file.EndsWith(ArchiveSuffix, StringComparison.Ordinal)))
        {
            await using var stream = await store.OpenAsync(model, Path.GetFileName(path));
            using var content = new MemoryStream();
            await stream.CopyToAsync(content);
            var imported = await File.ReadAllBytesAsync(path);
            Require(content.ToArray().AsSpan().SequenceEqual(imported), $"{model} {Path.GetFileName(path)} is not what was imported.");
        }
    }

    private static void Require(bool condition, string problem)
    {
        if (!condition)
        {
            throw new InvalidDataException(problem);
        }
    }

    // One that is an update is refused where its base is not there.
    private async Task ImportArchiveAsync(string name, ModelReference model)
    {
        var archives = Directory.GetFiles(Path.Combine(models, name), "*" + ArchiveSuffix);
        if (archives.Length == 0)
        {
            return;
        }

        try
        {
            await using var archive = File.OpenRead(archives[_random.Next(archives.Length)]);
            await store.ImportArchiveAsync(archive, model);
        }
        catch (InvalidArchiveException)
        {
        }
    }

    private static ModelSigner MakeSigner()
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return ModelSigner.FromCallback(ModelPublicKey.FromSubjectPublicKeyInfo(key.ExportSubjectPublicKeyInfo()), (hash, _) => new(key.SignHash(hash.Span)));
    }
}
