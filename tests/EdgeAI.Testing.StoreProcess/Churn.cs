using System.Security.Cryptography;
using EdgeAI.Models;
using EdgeAI.Storage;
using EdgeAI.Trust;

namespace EdgeAI.Testing.StoreProcess;

/// <summary>Works on a store without end, and says so after each step: for a test that ends it anywhere.</summary>
internal sealed class Churn(IModelStore store, string models, int seed)
{
    private const int Tags = 2;

    private readonly string[] _names = [.. Directory.EnumerateDirectories(models).Select(folder => Path.GetFileName(folder)).Order()];
    private readonly Random _random = new(seed);
    private readonly ModelSigner _signer = MakeSigner();

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
        switch (_random.Next(13))
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
            case 9 or 10:
                await ImportArchiveAsync(name, model);
                break;
            case 11 when await store.FindAsync(model) is not null:
                await store.SignAsync(model, _signer);
                break;
            case 2 when await store.FindAsync(model) is not null:
                (await store.MaterializeAsync(model)).Dispose();
                break;
            default:
                await store.ImportAsync(model, ModelSource.FromFile(Path.Combine(models, name, "model.onnx")));
                break;
        }
    }

    // One that is an update is refused where its base is not there.
    private async Task ImportArchiveAsync(string name, ModelReference model)
    {
        var archives = Directory.GetFiles(Path.Combine(models, name), "*.edgeai");
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
